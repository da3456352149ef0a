import { createHmac } from 'node:crypto';

import { encodePart, signToken, type TestKey } from '../../test/support/token-factory.ts';
import { hostileValue, spoiledBytes, twinText } from './hostile-json.ts';
import type { Random } from './random.ts';
import { attackerKeys, issuerKeys, withAlg } from './token-keys.ts';
import { mutateText } from './token-texts.ts';
import type { World } from './token-worlds.ts';

/** A token, and by which way it was made. */
export interface MadeToken {
  readonly kind: string;
  readonly text: string;
}

interface Draft {
  readonly random: Random;
  readonly nowSeconds: number;
  signer: TestKey;
  readonly header: Record<string, unknown>;
  readonly payload: Record<string, unknown>;
}

/** A token that one of the providers takes. */
export function goodToken(world: World, random: Random, nowSeconds: number): string {
  const { signer, header, payload } = draftOf(world, random, nowSeconds);
  return signToken(signer, payload, header);
}

function draftOf(world: World, random: Random, nowSeconds: number): Draft {
  const { provider, signers } = random.pick(world.providers);
  const signer = random.pick(signers);
  return {
    random,
    nowSeconds,
    signer,
    header: { alg: signer.alg, kid: signer.kid, typ: 'JWT' },
    payload: {
      iss: provider.issuer ?? 'anybody',
      aud: 'api',
      sub: `user ${random.below(1000)}`,
      role: 'admin',
      iat: nowSeconds,
      exp: nowSeconds + 300,
    },
  };
}

/** Makes one token that may be good, is most likely not, and is close to a good one. */
export function mutatedToken(world: World, random: Random, nowSeconds: number): MadeToken {
  const draft = draftOf(world, random, nowSeconds);
  const [kind, make] = random.pick(ways);
  return { kind, text: make(draft) };
}

const sign = ({ signer, header, payload }: Draft): string => signToken(signer, payload, header);

/** Signed by the right key. */
const ways: readonly (readonly [string, (draft: Draft) => string])[] = [
  ['header member', (draft) => sign(withHeader(draft))],
  ['claims', (draft) => sign(withClaims(draft))],
  ['times', (draft) => sign(withTimes(draft))],
  ['issuer and audience', (draft) => sign(withAudience(draft))],
  ['JSON of the header', (draft) => signTexts(draft, twinText(draft.header, draft.random))],
  [
    'JSON of the payload',
    (draft) => signTexts(draft, undefined, twinText(draft.payload, draft.random)),
  ],
  ['bytes that are no UTF-8', spoiled],
  ['another key', (draft) => sign(withSigner(draft))],
  ['another algorithm', otherAlgorithm],
  ['public key as secret', confused],
  ['signature', spoiledSignature],
  ['parts of two tokens', swapped],
  ['text', textOf],
  ['text', textOf],
  ['text', textOf],
];

function textOf(draft: Draft): string {
  const { random } = draft;
  let text = sign(draft);
  for (let edits = 1 + random.below(3); edits > 0; edits -= 1) text = mutateText(text, random);
  return text;
}

const algNames = [
  'none',
  'None',
  'NONE',
  'nOnE',
  '',
  'rs256',
  'RS256 ',
  'RS256\u0000',
  'HS256',
  'HS384',
  'HS512',
  'RS256',
  'RS512',
  'PS256',
  'ES256',
  'ES384',
  'ES256K',
  'EdDSA',
  'Ed25519',
  'HS1',
  'RS1',
  'A128KW',
  'dir',
  '__proto__',
  'constructor',
];
const kids = [
  '',
  'no such',
  '../../dev/null',
  '__proto__',
  'rsa',
  'ec-p256',
  'k'.repeat(257),
  'k'.repeat(9000),
  "x' or '1'='1",
  '\u0000',
  'rsa\n',
];

function withHeader(draft: Draft): Draft {
  const { random, header } = draft;
  const jwk = attackerKeys.p256.jwk;
  const edits: readonly (() => void)[] = [
    () => (header['alg'] = random.pick(algNames)),
    () => (header['alg'] = hostileValue(random)),
    () => void delete header['alg'],
    () => (header['kid'] = random.pick(kids)),
    () => (header['kid'] = hostileValue(random)),
    () => void delete header['kid'],
    () =>
      (header['crit'] = random.pick([
        [],
        ['b64'],
        ['exp'],
        ['alg'],
        'b64',
        null,
        hostileValue(random),
      ])),
    () => (header['b64'] = random.pick([true, false, null, 'true', 0])),
    () => (header['typ'] = random.pick(['JWE', 'at+jwt', 'none', '', hostileValue(random)])),
    () => (header['cty'] = 'JWT'),
    () => (header['zip'] = 'DEF'),
    () =>
      Object.assign(header, {
        jwk,
        jku: 'https://evil.example/jwks',
        x5u: 'https://evil.example/',
      }),
    () => (header['x5c'] = [attackerKeys.p256.spki]),
    () =>
      (header[random.pick(['__proto__', 'x', 'enc', 'epk', 'ALG', 'Alg', 'exp'])] =
        hostileValue(random)),
  ];
  random.pick(edits)();
  if (random.chance(0.2)) random.pick(edits)();
  // The key an attacker holds, named in the header.
  if ('jwk' in header && random.chance(0.8)) draft.signer = attackerKeys.p256;
  return draft;
}

const claimNames = [
  'sub',
  'role',
  'name',
  'deep',
  'https://ns.example/role',
  '__proto__',
  'constructor',
  'jti',
  'iat',
  'nbf',
  'exp',
  'aud',
  'iss',
  'flag',
  'roles',
  'x',
];

function withClaims(draft: Draft): Draft {
  const { random, payload } = draft;
  for (let edits = 1 + random.below(4); edits > 0; edits -= 1) {
    const name = random.pick(claimNames);
    // A member of that name, never the prototype.
    Object.defineProperty(payload, name, {
      value: hostileValue(random),
      enumerable: true,
      configurable: true,
      writable: true,
    });
    if (random.chance(0.05)) delete payload[random.pick(claimNames)];
  }
  return draft;
}

function withTimes(draft: Draft): Draft {
  const { random, payload, nowSeconds: now } = draft;
  const near = (): number =>
    now +
    random.pick([-3600, -61, -60, -59, -1, 0, 1, 59, 60, 61, 3600]) +
    random.pick([0, 0, 0.5, 0.999]);
  const time = (): unknown =>
    random.pick([
      near(),
      near(),
      near(),
      0,
      1,
      -1,
      1e15,
      now * 1000,
      2 ** 53,
      2 ** 63,
      2 ** 64,
      1.8e19,
      `${now}`,
      null,
      true,
      [now],
      {},
    ]);
  payload[random.pick(['exp', 'nbf', 'iat'])] = time();
  payload[random.pick(['exp', 'nbf', 'iat'])] = time();
  if (random.chance(0.2)) delete payload['exp'];
  return draft;
}

function withAudience(draft: Draft): Draft {
  const { random, payload } = draft;
  const issuer = String(payload['iss']);
  const issuers = [
    issuer,
    `${issuer}/`,
    ` ${issuer}`,
    issuer.toUpperCase(),
    [issuer],
    { url: issuer },
    null,
    '',
    'https://second.example',
    'https://first.example',
    'https://third.example',
    `${issuer}\u0000`,
    issuer.slice(0, -1),
  ];
  const audiences = [
    'api',
    'https://api',
    'http://api/',
    'https://https://api',
    'api//',
    'API',
    ['api'],
    ['x', 'api'],
    ['api', 1],
    [['api']],
    [],
    null,
    1,
    '',
    { api: true },
    'second.example/x',
    ['https://second.example/x/'],
    'ap',
    'apis',
    [null, 'api'],
  ];
  payload['iss'] = random.pick(issuers);
  payload['aud'] = random.pick(audiences);
  if (random.chance(0.1)) delete payload[random.pick(['iss', 'aud'])];
  return draft;
}

function signTexts(
  { signer, header, payload }: Draft,
  headerText?: string,
  payloadText?: string,
): string {
  return signToken(signer, payloadText ?? payload, headerText ?? header);
}

function spoiled({ random, signer, header, payload }: Draft): string {
  const [first, second] = [JSON.stringify(header), JSON.stringify(payload)];
  return random.chance(0.5)
    ? signToken(signer, payload, spoiledBytes(first, random))
    : signToken(signer, spoiledBytes(second, random), header);
}

function withSigner(draft: Draft): Draft {
  const { random, header } = draft;
  const key = random.pick([...Object.values(attackerKeys), ...Object.values(issuerKeys)]);
  const { alg, kid } = draft.signer;
  const isFamily = alg.slice(0, 2) === key.alg.slice(0, 2);
  draft.signer =
    isFamily && random.chance(0.8) ? withAlg(key, alg.startsWith('ES') ? key.alg : alg) : key;
  if (random.chance(0.5)) header['kid'] = key.kid;
  if (random.chance(0.5)) header['alg'] = draft.signer.alg;
  else header['kid'] = kid;
  return draft;
}

const familyAlgs: Readonly<Record<string, readonly string[]>> = {
  RSA: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  oct: ['HS256', 'HS384', 'HS512'],
};

/** Signed by the right key in another way, which the header says, or does not. */
function otherAlgorithm(draft: Draft): string {
  const { random, signer, header } = draft;
  const alg = random.pick(familyAlgs[signer.jwk['kty'] ?? ''] ?? [signer.alg]);
  if (random.chance(0.7)) header['alg'] = alg;
  draft.signer = withAlg(signer, alg);
  return sign(draft);
}

/** What everybody knows of a key, taken for a shared secret. */
function confused({ random, signer, header, payload }: Draft): string {
  const { spki, jwk } = signer.secret ? issuerKeys.rsa : signer;
  const body = spki.replaceAll(/-----[^-]+-----|\s/g, '');
  const secrets: readonly (string | Buffer)[] = [
    spki,
    spki.trim(),
    spki.replaceAll('\n', '\r\n'),
    body,
    Buffer.from(body, 'base64'),
    JSON.stringify(jwk),
    jwk['n'] ?? jwk['x'] ?? '',
    Buffer.from(jwk['n'] ?? jwk['x'] ?? '', 'base64url'),
    '',
    'secret',
    'null',
    '\u0000',
  ];
  const alg = random.pick(['HS256', 'HS384', 'HS512']);
  const named = { ...header, alg: random.chance(0.8) ? alg : header['alg'] };
  const signed = `${encodePart(named)}.${encodePart(payload)}`;
  const mac = createHmac(`sha${alg.slice(2)}`, random.pick(secrets))
    .update(signed)
    .digest();
  return `${signed}.${mac.toString('base64url')}`;
}

function spoiledSignature(draft: Draft): string {
  const { random } = draft;
  const [header = '', payload = '', encoded = ''] = sign(draft).split('.');
  const bytes = Buffer.from(encoded, 'base64url');
  const half = bytes.length / 2;
  const [first, second] = [bytes.subarray(0, half), bytes.subarray(half)];
  const forms: readonly (() => Buffer)[] = [
    () => bytes.subarray(0, bytes.length - 1 - random.below(8)),
    () => Buffer.concat([bytes, random.bytes(1 + random.below(8))]),
    () => Buffer.concat([random.bytes(1), bytes]),
    () => Buffer.concat([Buffer.alloc(random.below(3) + 1), bytes]),
    () => Buffer.alloc(bytes.length),
    () => Buffer.alloc(bytes.length, 0xff),
    () => random.bytes(bytes.length),
    () => flipped(bytes, random),
    () => Buffer.concat([second, first]),
    () => Buffer.concat([first, Buffer.alloc(half)]),
    () => derOf(first, second),
    () => Buffer.concat([bytes, bytes]),
    () => Buffer.alloc(random.pick([1, 32, 48, 63, 64, 65, 96, 132, 256, 512, 8000])),
  ];
  const signature = random.pick(forms)().toString('base64url');
  return `${header}.${payload}.${signature}`;
}

function flipped(bytes: Buffer, random: Random): Buffer {
  const copy = Buffer.from(bytes);
  const at = random.below(copy.length);
  copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8));
  return copy;
}

/** The form of OpenSSL, which is not that of a JWS. */
function derOf(first: Buffer, second: Buffer): Buffer {
  const integers = [first, second].map((one) => Buffer.concat([Buffer.from([2, one.length]), one]));
  const content = Buffer.concat(integers);
  return Buffer.concat([Buffer.from([0x30, content.length & 0xff]), content]);
}

/** Header of one, payload of another, signature of a third. */
function swapped(draft: Draft): string {
  const { random, payload } = draft;
  const tokens = [sign(draft)];
  payload['role'] = 'root';
  payload['sub'] = 'somebody else';
  tokens.push(sign(draft), sign(withSigner(draft)));
  return [0, 1, 2].map((part) => random.pick(tokens).split('.')[part] ?? '').join('.');
}
