import type { Provider } from '../../../src/api/jwt.ts';
import type { RbacPolicySpec } from '../../../src/api/rbac.ts';
import type { VirtualServiceSpec } from '../../../src/api/virtual-service.ts';
import type { GoldenToken } from '../golden-story.ts';
import type { Draw } from './draw.ts';
import { routesOf } from './judged-case.ts';
import { audiences, claimValues, issuers, keyChoices, signingKeys } from './words.ts';

type Payload = Record<string, unknown>;

/** A token that the provider takes, for somebody whom policies may know. */
export function fittingToken(
  draw: Draw,
  provider: Provider,
  spec: VirtualServiceSpec,
): GoldenToken {
  const jwks = JSON.stringify(provider.jwks);
  const keys = keyChoices.find((one) => JSON.stringify(one.jwks) === jwks);
  const key = draw.pick(keys?.signers ?? signingKeys);
  const usual = !keys?.algs || (!jwks.includes('PS384') && draw.chance(0.5));
  const issuer = provider.issuer ?? draw.pick(['https://any.test', undefined]);
  const audience = provider.audiences && draw.pick(provider.audiences);
  return {
    key,
    ...(usual || key.startsWith('ec') ? {} : { alg: draw.pick(keys.algs) }),
    ...kidOf(draw, jwks, key),
    payload: {
      ...(issuer === undefined ? {} : { iss: issuer }),
      ...(audience === undefined ? {} : { aud: audienceForm(draw, audience) }),
      ...somebody(draw, spec),
    },
    times: { exp: 3600, ...draw.maybe(0.2, () => ({ nbf: -300, iat: -300 })) },
  };
}

/** JWKS of the vocabulary name their keys after the files, or all the same; a token may as well name none. */
function kidOf(draw: Draw, jwks: string, key: string): Pick<GoldenToken, 'header'> {
  if (draw.chance(0.2)) return { header: { kid: null } };
  if (jwks.includes(String.raw`\"kid\":\"same\"`)) return { header: { kid: 'same' } };
  return draw.chance(0.05) ? { header: { kid: draw.pick(['', key, 'other']) } } : {};
}

function audienceForm(draw: Draw, audience: string): string | readonly string[] {
  const bare = audience.replace(/^https?:\/\//, '').replace(/\/$/, '');
  return draw.pick([audience, bare, [audience], ['other', `https://${bare}/`]]);
}

function somebody(draw: Draw, spec: VirtualServiceSpec): Payload {
  const claims: Payload = { sub: draw.pick(['alice', 'bob', 'zoë']) };
  for (const [name, values] of Object.entries(claimValues)) {
    if (draw.chance(0.45)) claims[name] = draw.chance(0.5) ? values[0] : draw.pick(values);
  }
  if (draw.chance(0.03)) claims['org.name'] = draw.pick(['solo', 'acme']);
  if (draw.chance(0.03)) claims['https://ns.example/role'] = 'reader';
  if (draw.chance(0.02)) claims['big'] = draw.pick([9007199254740992, 12345678901234567000]);
  const wanted = draw.chance(0.6) ? wantedClaims(draw, spec) : {};
  return { ...claims, ...wanted };
}

/** Claims that one principal of the virtual service asks for, as far as they are top-level ones. */
function wantedClaims(draw: Draw, spec: VirtualServiceSpec): Payload {
  const rules = [
    spec.virtualHost?.options?.rbac,
    ...routesOf(spec).map((one) => one.options?.rbac),
  ];
  const policies = rules.flatMap((rule) => Object.values(rule?.policies ?? {}));
  if (policies.length === 0) return {};
  const { principals = [], nestedClaimDelimiter: delimiter = '' } =
    draw.pick<RbacPolicySpec>(policies);
  if (principals.length === 0) return {};
  const { claims = {}, matcher } = draw.pick(principals).jwtPrincipal ?? {};
  const payload: Payload = {};
  for (const [name, value] of Object.entries(claims)) {
    if (matcher === 'REGEX_MATCH') continue;
    const found =
      matcher === 'LIST_CONTAINS' ? [value] : matcher === 'BOOLEAN' ? value === true : value;
    put(payload, delimiter === '' ? [name] : name.split(delimiter), found);
  }
  return payload;
}

function put(into: Payload, [step = '', ...more]: readonly string[], value: unknown): void {
  if (more.length === 0) {
    into[step] = value;
    return;
  }
  const inner: Payload = { ...(into[step] as Payload | undefined) };
  put(inner, more, value);
  into[step] = inner;
}

/** One fault; a token with several is one that this was done to several times. */
export function withFault(draw: Draw, token: GoldenToken): GoldenToken {
  return draw.chance(0.12)
    ? draw.pick(listedFaults)(token, draw)
    : draw.pick(plainFaults)(token, draw);
}

type Fault = (token: GoldenToken, draw: Draw) => GoldenToken;

const payload =
  (members: (draw: Draw) => Payload): Fault =>
  (token, draw) => ({
    ...token,
    payload: { ...token.payload, ...members(draw) },
  });
const times =
  (members: (draw: Draw) => Record<string, number>): Fault =>
  (token, draw) => ({
    ...token,
    times: { ...token.times, ...members(draw) },
  });
const header =
  (members: (draw: Draw) => Payload): Fault =>
  (token, draw) => ({
    ...token,
    header: { ...token.header, ...members(draw) },
  });

/** What every verifier refuses, or takes, the same way. */
const plainFaults: readonly Fault[] = [
  (token) => ({ ...token, tamper: 'signature' }),
  ({ payloadText: _text, ...token }) => ({ ...token, tamper: 'payload' }),
  (token) => ({ ...token, tamper: 'no-signature' }),
  (token) => ({ ...token, tamper: 'zero-signature' }),
  ({ alg: _alg, ...token }, draw) => ({ ...token, key: draw.pick(signingKeys) }),
  times((draw) => ({ exp: draw.pick([-30, -100, -200, -4000]) })),
  times((draw) => ({ nbf: draw.pick([30, 100, 200, 4000]) })),
  payload((draw) => ({
    iss: draw.pick([...issuers, 'https://c.test', '', 7, null, ['https://a.test']]),
  })),
  payload((draw) => ({ aud: draw.pick([...audiences, '', [], [''], 7, ['api', 7], null, {}]) })),
  payload((draw) => ({
    [draw.pick(['exp', 'nbf', 'iat'])]: draw.pick(['1', null, -1, 1e30, [1], true]),
  })),
  payload((draw) => ({ [draw.pick(['sub', 'jti'])]: draw.pick([1, null, ['a'], {}]) })),
  payload(() => ({ iat: 99999999999 })),
  payload(() => ({ exp: 1 })),
  payload(() => ({ exp: 1646635611301 })),
  header((draw) => ({
    alg: draw.pick([null, 7, '', 'none', 'rs256', 'ES256K', 'HS1', 'Ed25519']),
  })),
  header((draw) => ({ kid: draw.pick([7, [], {}, 'unknown', '__proto__', '../x']) })),
  header((draw) => ({ typ: draw.pick(['at+jwt', 7]), cty: 'x', jku: 'http://127.0.0.1:1/' })),
  (token) => ({ ...token, headerText: '[]' }),
  (token) => ({ ...token, headerText: 'null' }),
  (token) => ({ ...token, headerText: '{"alg":"ES256","alg":"ES256"}' }),
  ({ tamper: _tamper, ...token }, draw) => ({
    ...token,
    payloadText: draw.pick(['null', '[]', '"x"', '{"a":1,"a":2}', '{"a":01}', '', '{} x']),
  }),
  (token) => ({
    key: 'oct',
    secretFrom: token.key === 'rsa' ? 'rsa.public.pem' : 'ec-p256.public.pem',
    payload: token.payload ?? {},
  }),
];

/** What this gateway refuses and Envoy takes: entries of the list of differences. */
const listedFaults: readonly Fault[] = [
  (token, draw) => ({
    ...token,
    tamper: draw.pick(['padding', 'white-space', 'trailing-dot', 'leading-dot']),
  }),
  (token) => ({ ...token, tamper: (token.key ?? '').startsWith('ec') ? 'extra-byte' : 'padding' }),
  ({ tamper: _tamper, ...token }) => ({
    ...token,
    payloadText: `${JSON.stringify({ ...token.payload }).slice(0, -1)},}`,
  }),
  header((draw) => draw.pick([{ crit: ['b64'] }, { crit: [] }, { b64: false }])),
  payload(() => ({ exp: 0 })),
  header(() => ({ kid: 'k'.repeat(300) })),
];
