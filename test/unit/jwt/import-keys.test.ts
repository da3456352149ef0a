import { execFileSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { importKeys, importKeySet } from '../../../src/jwt/import-keys.ts';
import { createTestKey } from '../../support/token-factory.ts';

const strict = { allowWeakKeys: false };
const rsa = createTestKey('RS256');
const ec256 = createTestKey('ES256');
const ec384 = createTestKey('ES384');
const ec521 = createTestKey('ES512');
const ed = createTestKey('EdDSA');
const hs = createTestKey('HS256');
const rsaAll = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];

const pem = (key: KeyObject, type: 'spki' | 'pkcs1' | 'pkcs8' | 'sec1'): string =>
  (key.type === 'private'
    ? key.export({ type: type, format: 'pem' })
    : key.export({ type: type, format: 'pem' })
  ).toString();
const publicOf = (key: { privateKey?: KeyObject }): KeyObject => createPublicKey(key.privateKey!);

async function summary(text: string, options = strict) {
  const { keys, findings } = await importKeys(text, options);
  return {
    keys: keys.map(({ key }) => [key.kty, key.kid ?? '', key.algorithms.join(' ')]),
    findings: findings.map(({ severity, reason, message }) => `${severity} ${reason} ${message}`),
  };
}

describe('importKeys: PEM', () => {
  test.each([
    ['RSA SPKI', rsa.spki, 'RSA', 'RS256'],
    ['RSA PKCS#1', pem(publicOf(rsa), 'pkcs1'), 'RSA', 'RS256'],
    ['P-256', ec256.spki, 'EC', 'ES256'],
    ['P-384', ec384.spki, 'EC', 'ES384'],
    ['P-521', ec521.spki, 'EC', 'ES512'],
    ['Ed25519', ed.spki, 'OKP', 'EdDSA'],
  ])('%s is %s key for %s', async (_what, text, kty, algorithms) => {
    expect(await summary(text)).toEqual({ keys: [[kty, '', algorithms]], findings: [] });
  });

  test('only the public members are kept', async () => {
    const { keys } = await importKeys(rsa.spki, strict);
    expect(keys[0]?.key.jwk).toEqual({ n: rsa.jwk.n, e: 'AQAB' });
    expect(keys[0]?.sharedSecret).toBeUndefined();
  });

  test.each([
    ['surrounding white space', (text: string) => `\n\n  ${text}\n\t\n`],
    ['indented lines', (text: string) => text.replaceAll('\n', '\n      ')],
    ['lines folded into one', (text: string) => text.replaceAll('\n', ' ')],
    ['CRLF', (text: string) => text.replaceAll('\n', '\r\n')],
    ['a byte order mark', (text: string) => `\ufeff${text}`],
    ['a comment in front', (text: string) => `# key of the issuer\n${text}`],
  ])('reads a PEM with %s, still as RSA', async (_what, spoil) => {
    expect((await summary(spoil(rsa.spki))).keys).toEqual([['RSA', '', 'RS256']]);
  });

  test.each([
    ['PKCS#8', pem(rsa.privateKey!, 'pkcs8'), 'RSA'],
    ['PKCS#1', pem(rsa.privateKey!, 'pkcs1'), 'RSA'],
    ['SEC1', pem(ec256.privateKey!, 'sec1'), 'EC'],
    ['Ed25519 PKCS#8', pem(ed.privateKey!, 'pkcs8'), 'OKP'],
  ])('of a private key (%s) only the public part is used', async (_what, text, kty) => {
    const { keys, findings } = await importKeys(text, strict);
    expect(keys.map(({ key }) => key.kty)).toEqual([kty]);
    expect(findings).toMatchObject([{ severity: 'warning', reason: 'InvalidKey' }]);
    expect(Object.keys(keys[0]!.key.jwk)).not.toContain('d');
  });

  test('several blocks are several keys, and a bad one costs only itself', async () => {
    const broken = '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n';
    const { keys, findings } = await summary(rsa.spki + broken + ec256.spki);
    expect(keys).toEqual([
      ['RSA', '', 'RS256'],
      ['EC', '', 'ES256'],
    ]);
    expect(findings).toEqual([
      'error InvalidKey block 1: found a PEM block that cannot be read, accepted PUBLIC KEY, RSA PUBLIC KEY or CERTIFICATE',
    ]);
  });

  test.each([
    ['no end', '-----BEGIN PUBLIC KEY-----\nAAAA', 'without a whole block'],
    ['another end', rsa.spki.replace('END PUBLIC', 'END RSA PUBLIC'), 'cannot be read'],
    ['no base64', rsa.spki.replace('\nMII', '\n*II'), 'cannot be read'],
    [
      'an encrypted private key',
      '-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----',
      'found a PEM block ENCRYPTED PRIVATE KEY',
    ],
    [
      'a certificate request',
      '-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----',
      'found a PEM block CERTIFICATE REQUEST',
    ],
    [
      'a broken certificate',
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
      'cannot be read',
    ],
    [
      'secp256k1',
      pem(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey, 'spki'),
      'crv: accepted P-256, P-384 or P-521',
    ],
    ['X25519', pem(generateKeyPairSync('x25519').publicKey, 'spki'), 'crv: accepted Ed25519'],
    [
      'RSA-PSS',
      pem(generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey, 'spki'),
      'found a key of type rsa-pss',
    ],
    ['101 blocks', ec256.spki.repeat(101), 'found 101 PEM blocks, accepted 100 at most'],
  ])('%s is refused', async (_what, text, message) => {
    const { keys, findings } = await summary(text);
    expect(keys).toEqual([]);
    expect(findings.join()).toContain(message);
  });
});

describe('importKeys: certificates', () => {
  const folder = mkdtempSync(join(tmpdir(), 'seekgate-x509-'));
  const openssl = (...args: string[]): void => {
    execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  };
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');

  beforeAll(() => {
    const request = ['req', '-newkey', 'rsa:2048', '-nodes', '-subj'];
    openssl(...request, '/CN=ca', '-x509', '-keyout', 'ca.key', '-out', 'ca.crt');
    openssl(...request, '/CN=leaf', '-keyout', 'leaf.key', '-out', 'leaf.csr');
    openssl(
      'x509',
      '-req',
      '-in',
      'leaf.csr',
      '-CA',
      'ca.crt',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-out',
      'leaf.crt',
    );
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('a self-signed one gives its key', async () => {
    expect(await summary(read('ca.crt'))).toEqual({ keys: [['RSA', '', 'RS256']], findings: [] });
  });

  test('of a chain only the leaf is used', async () => {
    const { keys, findings } = await importKeys(read('leaf.crt') + read('ca.crt'), strict);
    const leaf = createPublicKey(read('leaf.key')).export({ format: 'jwk' });
    expect(keys.map(({ key }) => key.jwk.n)).toEqual([leaf.n]);
    expect(findings).toMatchObject([
      {
        severity: 'warning',
        message: 'block 1: not used: the authority of a certificate before it',
      },
    ]);
  });
});

describe('importKeys: JWK and JWKS', () => {
  test.each([
    ['RSA', rsa.jwk, 'RSA', rsaAll.join(' ')],
    ['RSA with alg', { ...rsa.jwk, alg: 'PS384' }, 'RSA', 'PS384'],
    ['P-256', ec256.jwk, 'EC', 'ES256'],
    ['P-384', ec384.jwk, 'EC', 'ES384'],
    ['P-521', ec521.jwk, 'EC', 'ES512'],
    ['Ed25519', ed.jwk, 'OKP', 'EdDSA'],
    ['a shared secret', hs.jwk, 'oct', 'HS256 HS384 HS512'],
    ['use sig', { ...rsa.jwk, use: 'sig', key_ops: ['verify'] }, 'RSA', rsaAll.join(' ')],
    ['members that nobody knows', { ...ec256.jwk, x5c: ['x'], foo: {} }, 'EC', 'ES256'],
  ])('a JWK: %s', async (_what, jwk, kty, algorithms) => {
    const expected = { keys: [[kty, 'kid' in jwk ? jwk.kid : '', algorithms]], findings: [] };
    expect(await summary(JSON.stringify(jwk))).toEqual(expected);
    expect(await summary(`\n${JSON.stringify({ keys: [jwk] })}\n`)).toEqual(expected);
  });

  test('a shared secret comes apart from its key', async () => {
    const { keys } = await importKeys(JSON.stringify(hs.jwk), strict);
    expect(keys[0]?.sharedSecret).toBe(hs.jwk.k);
    expect(keys[0]?.key.jwk).toEqual({});
  });

  test('one bad key costs only itself; the same kid twice is fine', async () => {
    const keys = [
      rsa.jwk,
      { kty: 'EC', crv: 'P-256', x: 'AAAA', y: 'AAAA' },
      'x',
      ec256.jwk,
      rsa.jwk,
    ];
    const { keys: good, findings } = await summary(JSON.stringify({ keys }));
    expect(good.map(([kty]) => kty)).toEqual(['RSA', 'EC', 'RSA']);
    expect(findings).toEqual([
      'error InvalidKey keys[1]: found no valid EC key in its members',
      'error InvalidKey keys[2]: found no object, accepted a JWK',
    ]);
  });

  test.each<[string, object, string]>([
    ['kty', { kty: 'DH' }, 'error InvalidKey kty: accepted RSA, EC, OKP or oct'],
    ['kty of an object', { kty: '__proto__' }, 'error InvalidKey kty: accepted'],
    ['crv', { ...ec256.jwk, crv: 'secp256k1' }, 'error InvalidKey crv: accepted P-256'],
    [
      'crv that is not the point’s',
      { ...ec256.jwk, crv: 'P-384' },
      'error InvalidKey found no valid EC key',
    ],
    ['Ed448', { ...ed.jwk, crv: 'Ed448' }, 'error InvalidKey crv: accepted Ed25519'],
    [
      'alg of another type',
      { ...rsa.jwk, alg: 'ES256' },
      'error InvalidKey alg: found another, accepted RS256',
    ],
    [
      'alg of another curve',
      { ...ec256.jwk, alg: 'ES384' },
      'error InvalidKey alg: found another, accepted ES256',
    ],
    ['alg HS256 on a public key', { ...rsa.jwk, alg: 'HS256' }, 'error InvalidKey alg:'],
    ['alg none', { ...rsa.jwk, alg: 'none' }, 'error InvalidKey alg:'],
    ['alg of a number', { ...rsa.jwk, alg: 5 }, 'error InvalidKey alg:'],
    ['kid', { ...rsa.jwk, kid: 5 }, 'error InvalidKey kid: found no text'],
    ['a member that is missing', { kty: 'RSA', e: 'AQAB' }, 'error InvalidKey n: found no text'],
    ['a member that is a number', { ...rsa.jwk, e: 65537 }, 'error InvalidKey e: found no text'],
    ['use', { ...rsa.jwk, use: 'enc' }, 'warning InvalidKey not used: use is not sig'],
    [
      'use and alg of encryption',
      { ...rsa.jwk, use: 'enc', alg: 'RSA-OAEP' },
      'warning InvalidKey not used: use',
    ],
    [
      'key_ops',
      { ...rsa.jwk, key_ops: ['encrypt'] },
      'warning InvalidKey not used: key_ops does not have',
    ],
    [
      'key_ops of a text',
      { ...rsa.jwk, key_ops: 'verify' },
      'warning InvalidKey not used: key_ops is no list',
    ],
    [
      'key_ops sign on a public key',
      { ...rsa.jwk, key_ops: ['sign'] },
      'warning InvalidKey not used: key_ops',
    ],
    ['k that is padded', { ...hs.jwk, k: 'AA==' }, 'error InvalidKey k:'],
    ['k that is empty', { ...hs.jwk, k: '' }, 'error InvalidKey k:'],
    ['k that is missing', { kty: 'oct' }, 'error InvalidKey k:'],
  ])('is not used for its %s', async (_what, jwk, message) => {
    const { keys, findings } = await summary(JSON.stringify(jwk));
    expect(keys).toEqual([]);
    expect(findings.join()).toContain(message);
  });

  test('of a private JWK only the public part is used', async () => {
    const jwk = { ...ec256.privateKey!.export({ format: 'jwk' }), key_ops: ['sign'] };
    const { keys, findings } = await importKeys(JSON.stringify(jwk), strict);
    expect(Object.keys(keys[0]!.key.jwk).sort()).toEqual(['crv', 'x', 'y']);
    expect(findings).toMatchObject([{ severity: 'warning', reason: 'InvalidKey' }]);
  });

  test('shared secrets beside public keys are refused altogether', async () => {
    expect(await summary(JSON.stringify({ keys: [rsa.jwk, hs.jwk] }))).toEqual({
      keys: [],
      findings: [
        'error InvalidKey found 1 shared secret(s) (oct) beside 1 public key(s), accepted one kind in a set',
      ],
    });
  });

  test.each([
    ['a list', '[]', 'no key: found a text of 2'],
    ['no JSON', '{', 'no key set'],
    ['a member twice', '{"keys":[],"keys":[]}', 'no key set'],
    ['keys that are no list', '{"keys":{}}', 'keys: found no list'],
    ['an empty list', '{"keys":[]}', 'keys: found an empty list'],
    [
      '101 keys',
      JSON.stringify({ keys: Array.from({ length: 101 }, () => ec256.jwk) }),
      'keys: found 101, accepted 100 at most',
    ],
    ['nothing', '  ', 'no key: found an empty text'],
    ['junk', 'not a key', 'no key: found a text of 9 characters'],
    ['HTML', '<html>', 'no key: found a text of 6 characters'],
  ])('%s is refused', async (_what, text, message) => {
    const { keys, findings } = await summary(text);
    expect(keys).toEqual([]);
    expect(findings.join()).toContain(message);
  });

  test('a set from the network is never a PEM', async () => {
    const { keys } = await importKeySet(rsa.spki, strict);
    expect(keys).toEqual([]);
  });
});

describe('importKeys: weak keys', () => {
  const small = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey;
  const cases: [string, string, string][] = [
    [
      'RSA of 1024 bits',
      JSON.stringify(small.export({ format: 'jwk' })),
      'found RSA of 1024 bits, accepted 2048 or more',
    ],
    ['RSA of 1024 bits as PEM', pem(small, 'spki'), 'found RSA of 1024 bits'],
    [
      'exponent 1',
      JSON.stringify({ ...rsa.jwk, e: 'AQ' }),
      'found RSA exponent 1, accepted an odd one above 1',
    ],
    ['an even exponent', JSON.stringify({ ...rsa.jwk, e: 'AQAA' }), 'found an even RSA exponent'],
    [
      'a secret of 8 bytes',
      '{"kty":"oct","k":"c2VjcmV0MTI"}',
      'found a shared secret of 8 bytes, accepted 32 or more',
    ],
    [
      'a secret shorter than its hash',
      JSON.stringify({ kty: 'oct', alg: 'HS512', k: Buffer.alloc(63).toString('base64url') }),
      'found a shared secret of 63 bytes, accepted 64 or more',
    ],
  ];

  test.each(cases)('%s is refused', async (_what, text, message) => {
    const { keys, findings } = await summary(text);
    expect(keys).toEqual([]);
    expect(findings.join()).toContain(`error WeakKey ${message}`);
  });

  test.each(cases)('%s is a warning where weak keys are allowed', async (_what, text) => {
    const { keys, findings } = await summary(text, { allowWeakKeys: true });
    expect(keys).toHaveLength(1);
    expect(findings.join()).toContain('warning WeakKey');
  });

  test('a secret without alg is used for the hashes that it is long enough for', async () => {
    const jwk = { kty: 'oct', k: Buffer.alloc(48, 1).toString('base64url') };
    expect(await summary(JSON.stringify(jwk))).toEqual({
      keys: [['oct', '', 'HS256 HS384']],
      findings: ['warning WeakKey a shared secret of 48 bytes is used for HS256, HS384 only'],
    });
  });
});

describe('importKeys: hostile texts', () => {
  test('messages never repeat what a key holds', async () => {
    const canary = 'Q0FOQVJZQ0FOQVJZ';
    const texts = [
      canary,
      `{"kty":"oct","k":"${canary}"}`,
      `{"kty":"oct","k":"${canary}=="}`,
      `{"kty":"RSA","n":"${canary}","e":"AQAB"}`,
      `{"kty":"EC","crv":"${canary}","x":"${canary}","y":"${canary}"}`,
      `{"kty":"${canary}","alg":"${canary}","use":"${canary}"}`,
      `{"kty":"RSA","alg":"${canary}"}`,
      `{"${canary}":`,
      `-----BEGIN PRIVATE KEY-----\n${canary}\n-----END PRIVATE KEY-----`,
      `-----BEGIN PUBLIC KEY-----\n${canary}\n-----END PUBLIC KEY-----`,
    ];
    for (const text of texts) {
      const { findings } = await importKeys(text, strict);
      expect(findings.length).toBeGreaterThan(0);
      expect(JSON.stringify(findings)).not.toContain(canary);
    }
  });

  test('never throws', async () => {
    const text = JSON.stringify({ keys: [rsa.jwk, ec256.jwk, ed.jwk] });
    for (let cut = 0; cut < text.length; cut += 7) {
      await expect(importKeys(text.slice(0, cut), strict)).resolves.toBeDefined();
      await expect(importKeys(rsa.spki.slice(0, cut), strict)).resolves.toBeDefined();
    }
  });
});
