import type { Provider } from '../../../src/api/jwt.ts';
import type { VirtualServiceSpec } from '../../../src/api/virtual-service.ts';
import type { GoldenToken } from '../golden-story.ts';
import type { Draw } from './draw.ts';
import { placesOf, providersOf, type JudgedRequest, type TokenPlace } from './judged-case.ts';
import { fittingToken, withFault } from './random-tokens.ts';
import { issuers, methods, signingKeys, targets } from './words.ts';

interface Parts {
  readonly headers: [string, string][];
  readonly query: string[];
  readonly tokens: Record<string, GoldenToken>;
}

/** A request to a virtual service: with good tokens, with bad ones, with several, or with none. */
export function randomRequest(draw: Draw, spec: VirtualServiceSpec): JudgedRequest {
  const parts: Parts = { headers: [], query: [], tokens: {} };
  const providers = providersOf(spec);
  if (draw.chance(0.1))
    parts.query.push(draw.pick(['v=1', 'v', 'v=x', 'a=1&b=2', 'q=a%2Bb', 'x=1']));
  if (providers.length > 0) putTokens(draw, { spec, providers, parts });
  putHeaders(draw, parts);
  const path = draw.chance(0.02) ? draw.pick(hostileTargets) : draw.pick(targets);
  const { headers, query, tokens } = parts;
  return {
    method: draw.pick(methods),
    target: query.length === 0 ? path : `${path}?${query.join('&')}`,
    headers,
    tokens,
  };
}

const hostileTargets = [
  '/api/%2F..%2Fsecret',
  '/api/%5C..',
  '/api/..;/x',
  '/open/%2e%2e%2fapi',
] as const;

interface TokenScope {
  readonly spec: VirtualServiceSpec;
  readonly providers: readonly Provider[];
  readonly parts: Parts;
}

/** Mostly one good token for every stage there is; then what may go wrong. */
function putTokens(draw: Draw, { spec, providers, parts }: TokenScope): void {
  const plan = draw.pick([
    'good',
    'good',
    'good',
    'good',
    'fault',
    'fault',
    'faults',
    'missing',
    'extra',
    'other',
    'odd',
  ]);
  if (plan === 'missing') return;
  if (plan === 'odd') {
    const odd = draw.pick(oddLines);
    parts.headers.push(odd);
    // Beside that one, which words count as credentials depends on each provider.
    if (odd[1].startsWith('xBearer') || draw.chance(0.6)) return;
  }
  const wanted = draw.chance(0.6)
    ? stagesOf(spec).map((stage) => draw.pick(stage))
    : [draw.pick(providers)];
  for (const [index, provider] of wanted.entries()) {
    let token = fittingToken(draw, provider, spec);
    if (plan === 'other') token = otherToken(draw);
    if (plan === 'fault' || plan === 'faults') token = withFault(draw, token);
    if (plan === 'faults') token = withFault(draw, token);
    putToken(draw, parts, { name: `t${index}`, token, place: placeFor(draw, provider) });
  }
  if (plan !== 'extra') return;
  const provider = draw.pick(providers);
  const good = fittingToken(draw, provider, spec);
  const token = draw.chance(0.4) ? withFault(draw, good) : good;
  putToken(draw, parts, { name: 'extra', token, place: placeFor(draw, provider) });
}

/** The providers of each stage of the virtual host. */
function stagesOf({ virtualHost }: VirtualServiceSpec): readonly (readonly Provider[])[] {
  const { jwt, jwtStaged } = virtualHost?.options ?? {};
  return [jwtStaged?.beforeExtAuth, jwt ?? jwtStaged?.afterExtAuth].flatMap((stage) => {
    const providers = Object.values(stage?.providers ?? {});
    return providers.length > 0 ? [providers] : [];
  });
}

function placeFor(draw: Draw, provider: Provider): TokenPlace {
  const wrong = { kind: 'header', name: 'x-elsewhere', prefix: '' } as const;
  return draw.chance(0.03) ? wrong : draw.pick(placesOf(provider));
}

interface Placed {
  readonly name: string;
  readonly token: GoldenToken;
  readonly place: TokenPlace;
}

function putToken(draw: Draw, parts: Parts, { name, token, place }: Placed): void {
  parts.tokens[name] = token;
  if (place.kind === 'query')
    parts.query.splice(draw.count(0, parts.query.length), 0, `${place.name}={${name}}`);
  else parts.headers.push([place.name, `${place.prefix}{${name}}`]);
}

function otherToken(draw: Draw): GoldenToken {
  return {
    key: draw.pick(signingKeys),
    payload: { iss: draw.pick([...issuers, 'https://elsewhere.test']), sub: 'mallory' },
    times: { exp: 3600 },
  };
}

/** What stands where a token should. */
const oddLines: readonly [string, string][] = [
  ['authorization', 'Bearer'],
  ['authorization', 'Bearer '],
  ['authorization', 'Bearer abc'],
  ['authorization', 'Bearer a.b.c'],
  ['authorization', 'bearer a.b.c'],
  ['authorization', 'Basic eDp5'],
  ['authorization', 'Basic eDp5, Bearer a.b.c'],
  ['authorization', 'xBearer a.b.c'],
  ['authorization', 'Token abc'],
  ['x-token', 'abc'],
  ['x-token', 'a.b.c'],
  ['x-jwt', 'JWT'],
  ['x-jwt', 'jwt a.b.c'],
  ['x-before', 'x'],
];

const clientHeaders: readonly [string, string][] = [
  ['x-plan', 'pro'],
  ['x-plan', 'basic'],
  ['x-other', 'kept'],
  ['x-company', 'solo.io'],
  ['x-company', 'acme'],
  ['x-role', 'admin'],
  ['X-Role', 'user'],
  ['x_role', 'admin'],
  ['x-sub', 'forged'],
  ['x-extra', 'forged'],
  ['x-org', 'forged'],
  ['x-groups', 'forged'],
  ['cookie', 'a=b'],
  ['x-forwarded-proto', 'https'],
];

function putHeaders(draw: Draw, { headers }: Parts): void {
  if (!draw.chance(0.4)) return;
  headers.push(
    ...draw.some(clientHeaders, draw.count(1, 3)).map((one): [string, string] => [...one]),
  );
}
