import type { Provider } from '../../../src/api/jwt.ts';
import type { GoldenToken } from '../golden-story.ts';
import type { Answer } from './judge-engines.ts';
import {
  parametersOf,
  placesOf,
  providersOf,
  routesOf,
  type JudgedCase,
  type JudgedRequest,
  type TokenPlace,
} from './judged-case.ts';

/**
 * A kind of case in which an answer may differ, by the name it has in docs/reference/envoy-differences.md. Whether a case is of
 * that kind is decided by what is asked alone, never by what was answered; and then the rest of the answer still has to fit.
 */
export interface Difference {
  readonly name: string;
  readonly applies: (one: JudgedCase) => boolean;
  /** What Envoy has to be asked so that it answers as this gateway does: any client could ask that as well. */
  readonly restated?: (request: JudgedRequest, one: JudgedCase) => JudgedRequest;
  /** Takes out of an answer what may differ. */
  readonly reduced?: (answer: Answer, one: JudgedCase) => Answer;
  /** Whether both refuse, each in its own words, or this gateway alone does. */
  readonly accepts?: (ours: Answer, theirs: Answer, one: JudgedCase) => boolean;
}

const tokensOf = ({ request }: JudgedCase): readonly GoldenToken[] => Object.values(request.tokens);

/** Tokens that this gateway takes for bad ones: Envoy gets them with another signature. */
function refusedTokens(name: string, isOfIt: (token: GoldenToken) => boolean): Difference {
  return {
    name,
    applies: (one) => tokensOf(one).some(isOfIt),
    restated: (request) => ({
      ...request,
      tokens: Object.fromEntries(
        Object.entries(request.tokens).map(([key, token]) => [
          key,
          isOfIt(token) ? spoiled(token) : token,
        ]),
      ),
    }),
    // Which of several faults is told depends on where the check stands.
    accepts: (ours, theirs) => isRefusal(ours) && isRefusal(theirs),
  };
}

function spoiled(token: GoldenToken): GoldenToken {
  return { ...token, payloadText: '{}', tamper: 'signature' };
}

export function isRefusal({ status }: Answer): boolean {
  return status === 400 || status === 401 || status === 403 || status === 404;
}

const malleable = new Set<unknown>([
  'padding',
  'white-space',
  'trailing-dot',
  'leading-dot',
  'extra-byte',
]);

function isLenient({ payloadText }: GoldenToken): boolean {
  return payloadText === 'null' || (payloadText?.endsWith(',}') ?? false);
}

const longestKid = 256;

function removedPlaces({ spec }: JudgedCase): readonly TokenPlace[] {
  return providersOf(spec).flatMap((provider) =>
    provider.keepToken === true ? [] : placesOf(provider),
  );
}

function isThere({ headers, target }: JudgedRequest, { kind, name }: TokenPlace): boolean {
  return kind === 'header'
    ? headers.some(([header]) => header.toLowerCase() === name)
    : parametersOf(target).some(([parameter]) => parameter === name);
}

function hasHeader({ request }: JudgedCase, names: readonly string[]): boolean {
  return request.headers.some(([name]) => names.includes(name.toLowerCase()));
}

function withoutHeaders(answer: Answer, isOut: (name: string) => boolean): Answer {
  if (answer.seen === null) return answer;
  const headers = answer.seen.headers.filter(([name]) => !isOut(name));
  return { ...answer, seen: { ...answer.seen, headers } };
}

/** The query as Envoy writes it anew, without the parameters of these names; also that of a redirect. */
function withSortedQuery(answer: Answer, without: readonly string[]): Answer {
  const rewritten = (path: string): string => {
    const [bare = ''] = path.split('?');
    const kept = parametersOf(path)
      .filter(([name]) => !without.includes(name))
      .map(([name, value]) => `${name}=${value}`)
      .sort();
    return `${bare}?${kept.join('&')}`;
  };
  const { seen, location } = answer;
  return {
    ...answer,
    location: location && rewritten(location),
    seen: seen && { ...seen, path: rewritten(seen.path) },
  };
}

function mappingsOf({
  spec,
}: JudgedCase): readonly { readonly claim: string; readonly header: string }[] {
  return providersOf(spec).flatMap(({ claimsToHeaders = [] }) => claimsToHeaders);
}

function mappedNames(one: JudgedCase): ReadonlySet<string> {
  return new Set(mappingsOf(one).map(({ header }) => header.toLowerCase()));
}

/** Headers of claims by which routes are chosen. */
function choosingNames(one: JudgedCase): ReadonlySet<string> {
  const mapped = mappedNames(one);
  const matched = routesOf(one.spec).flatMap(({ matchers = [] }) =>
    matchers.flatMap(({ headers = [] }) => headers.map(({ name }) => name.toLowerCase())),
  );
  return new Set(matched.filter((name) => mapped.has(name)));
}

function withoutLines(request: JudgedRequest, isOut: (name: string) => boolean): JudgedRequest {
  return { ...request, headers: request.headers.filter(([name]) => !isOut(name.toLowerCase())) };
}

/** Headers made of claims for which the condition holds. */
function claimHeaders(
  name: string,
  isOfIt: (claim: string, payload: Readonly<Record<string, unknown>>) => boolean,
): Difference {
  const namesOf = (one: JudgedCase): ReadonlySet<string> =>
    new Set(
      mappingsOf(one)
        .filter(({ claim }) => tokensOf(one).some(({ payload = {} }) => isOfIt(claim, payload)))
        .map(({ header }) => header.toLowerCase()),
    );
  return {
    name,
    applies: (one) => namesOf(one).size > 0,
    reduced: (answer, one) => withoutHeaders(answer, (header) => namesOf(one).has(header)),
  };
}

const control = /[\r\n\0\u007f]/;

export const differences: readonly Difference[] = [
  refusedTokens('malleable-token', ({ tamper }) => malleable.has(tamper)),
  refusedTokens('lenient-json', isLenient),
  refusedTokens('crit', ({ header = {} }) => 'crit' in header || header['b64'] === false),
  refusedTokens('exp-zero', ({ payload = {} }) => payload['exp'] === 0),
  refusedTokens(
    'long-kid',
    ({ header = {} }) => typeof header['kid'] === 'string' && header['kid'].length > longestKid,
  ),
  {
    // All providers of such a virtual host have it.
    name: 'skew-zero',
    applies: ({ spec }) => providersOf(spec).some(({ clockSkewSeconds }) => clockSkewSeconds === 0),
    restated: (request) => ({
      ...request,
      tokens: Object.fromEntries(
        Object.entries(request.tokens).map(([key, token]) => [key, withoutTolerance(token)]),
      ),
    }),
  },
  {
    name: 'prefix-anywhere',
    applies: isInTheMiddle,
    // Of another scheme: for this gateway no credentials, which nobody has to send along.
    restated: (request) => withoutLines(request, (name) => name === 'authorization'),
    reduced: (answer) => withoutHeaders(answer, (name) => name === 'authorization'),
  },
  {
    name: 'bad-token-removed',
    applies: (one) =>
      removedPlaces(one).some((place) => isThere(one.request, place)) &&
      /ALLOW_MISSING|allowMissingOrFailedJwt/.test(JSON.stringify(one.spec)),
    reduced: (answer, one) => withoutTokens(answer, one),
  },
  {
    name: 'every-token-removed',
    applies: (one) =>
      removedPlaces(one).some((place) => isThere(one.request, place)) &&
      providersOf(one.spec).length > 1,
    reduced: (answer, one) => withoutTokens(answer, one),
  },
  {
    name: 'query-bytes',
    applies: (one) =>
      removedPlaces(one).some((place) => place.kind === 'query' && isThere(one.request, place)),
    reduced: (answer) => withSortedQuery(answer, []),
  },
  {
    name: 'realm',
    applies: (one) => one.request.target.includes('?') || hasHeader(one, ['x-forwarded-proto']),
    reduced: (answer) => ({
      ...answer,
      challenge: answer.challenge && bareRealm(answer.challenge),
    }),
  },
  {
    name: 'claim-routing',
    applies: (one) => hasHeader(one, [...choosingNames(one)]),
    restated: (request, one) => withoutLines(request, (name) => choosingNames(one).has(name)),
  },
  {
    name: 'underscore-twin',
    applies: ({ request }) => request.headers.some(([name]) => name.includes('_')),
    restated: (request) => withoutLines(request, (name) => name.includes('_')),
    reduced: (answer) => withoutHeaders(answer, (name) => name.includes('_')),
  },
  claimHeaders(
    'dotted-claim',
    (claim, payload) => claim.includes('.') && Object.hasOwn(payload, claim),
  ),
  claimHeaders(
    'large-numbers',
    (claim, payload) => Number(payload[claim]) > Number.MAX_SAFE_INTEGER,
  ),
  {
    name: 'control-characters',
    applies: (one) =>
      mappingsOf(one).some(({ claim }) =>
        tokensOf(one).some(({ payload = {} }) => control.test(String(payload[claim]))),
      ),
    accepts: (_ours, { status, body }) =>
      status === 503 && (body === '' || body.startsWith('invalid header value for')),
  },
  {
    name: 'escaped-separators',
    applies: ({ request }) =>
      /%5c|(?:%2f|\/)(?:\.|%2e)+%2f|%2f(?:\.|%2e)+(?:%2f|\/|$)/i.test(request.target),
    accepts: ({ status }) => status === 400,
  },
  {
    name: 'disguised-dots',
    applies: ({ request }) => request.target.includes('..;'),
    accepts: ({ status }) => status === 400,
  },
  {
    name: 'forwarded-proto',
    applies: (one) => hasHeader(one, ['x-forwarded-proto']),
    reduced: (answer) => ({
      ...withoutHeaders(answer, (name) => name === 'x-forwarded-proto'),
      location: answer.location && answer.location.replace(/^https/, 'http'),
    }),
  },
  {
    // The published key sets do not say for which algorithms their keys are.
    name: 'alg-by-key',
    applies: ({ spec }) => providersOf(spec).some(({ jwks }) => jwks?.remote !== undefined),
    accepts: (ours, theirs) =>
      ours.body === "Jwks doesn't have key to match kid or alg from Jwt" &&
      theirs.body === 'Jwt verification fails',
  },
  {
    name: 'one-identity',
    applies: ({ spec, request }) =>
      providersOf(spec).some((provider) => isTwice(request, provider)),
    reduced: (answer, one) => withoutHeaders(answer, (name) => mappedNames(one).has(name)),
    // Where one of them is bad and that is allowed, policies of Envoy still see the other.
    // And its routes may be chosen by the claims of either.
    // Envoy may read two lines of Authorization as one token, and then finds another fault in it.
    accepts: (ours, theirs, one) =>
      (ours.status === 401 && theirs.status === 401) ||
      (!isRefusal(theirs) && (ours.status === 403 || choosingNames(one).size > 0)),
  },
];

/** Whether more than one text stands where the provider looks. */
function isTwice({ headers, target }: JudgedRequest, provider: Provider): boolean {
  const places = new Set(placesOf(provider).map(({ kind, name }) => `${kind} ${name}`));
  const inHeaders = headers.filter(([name]) => places.has(`header ${name.toLowerCase()}`));
  const inQuery = parametersOf(target).filter(([name]) => places.has(`query ${name}`));
  return inHeaders.length + new Set(inQuery.map(([name]) => name)).size > 1;
}

/** In Authorization a provider's prefix stands neither at the start nor behind a comma. */
function isInTheMiddle({ spec, request }: JudgedCase): boolean {
  const value = request.headers
    .flatMap(([name, line]) => (name.toLowerCase() === 'authorization' ? [line] : []))
    .join(',');
  return providersOf(spec)
    .flatMap(placesOf)
    .filter(({ name, prefix }) => name === 'authorization' && prefix !== '')
    .some(
      ({ prefix }) =>
        value.includes(prefix) && !/(?:^|,[ \t]*)$/.test(value.split(prefix)[0] ?? ''),
    );
}

/** Envoy takes the 60 seconds of its default: a token within them is one without them there. */
function withoutTolerance(token: GoldenToken): GoldenToken {
  const far = 3000;
  const times = Object.entries(token.times ?? {}).map(([name, after]) => {
    const isPast = name === 'exp' && after < 0;
    const isAhead = name === 'nbf' && after > 0;
    return [name, isPast ? after - far : isAhead ? after + far : after] as const;
  });
  return { ...token, times: Object.fromEntries(times) };
}

function withoutTokens(answer: Answer, one: JudgedCase): Answer {
  const places = removedPlaces(one).filter((place) => isThere(one.request, place));
  const names = (kind: TokenPlace['kind']): readonly string[] =>
    places.flatMap((place) => (place.kind === kind ? [place.name] : []));
  const headers = names('header');
  const parameters = names('query');
  const reduced = withoutHeaders(answer, (name) => headers.includes(name));
  return parameters.length > 0 ? withSortedQuery(reduced, parameters) : reduced;
}

function bareRealm(challenge: string): string {
  return challenge.replace(/realm="https?(:\/\/[^"?]*)[^"]*"/, 'realm="http$1"');
}
