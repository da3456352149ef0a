import type { MatcherSpec } from '../../../src/api/matcher.ts';
import type { VirtualHostOptions, RouteOptions } from '../../../src/api/options.ts';
import type { RouteSpec } from '../../../src/api/route.ts';
import type { VirtualServiceSpec } from '../../../src/api/virtual-service.ts';
import type { Draw } from './draw.ts';
import { randomExtension, type ProviderStyle } from './random-providers.ts';
import { randomRbac } from './random-rbac.ts';
import { exactPaths, prefixes, regexPaths } from './words.ts';

/** A virtual service of its own domain, with everything that decides who may pass. */
export function randomHost(draw: Draw, domain: string): VirtualServiceSpec {
  const routedHeaders = draw.chance(0.25)
    ? draw.pick([['x-company'], ['x-company', 'x-role']])
    : [];
  const style = { routedHeaders, zeroSkew: draw.chance(0.05) };
  const routes = Array.from({ length: draw.count(1, 4) }, (_, index) =>
    randomRoute(draw, style, index),
  );
  const last: RouteSpec = { name: 'rest', matchers: [{ prefix: '/' }], ...upstream('blue') };
  return {
    virtualHost: {
      domains: [domain],
      options: hostOptions(draw, style),
      routes: draw.chance(0.8) ? [...routes, last] : routes,
    },
  };
}

function hostOptions(draw: Draw, style: ProviderStyle): VirtualHostOptions {
  return {
    ...hostJwt(draw, style),
    ...draw.maybe(0.55, () => ({ rbac: randomRbac(draw) })),
  };
}

function hostJwt(draw: Draw, style: ProviderStyle): VirtualHostOptions {
  const kinds = ['none', 'jwt', 'jwt', 'jwt', 'jwt', 'before', 'after'];
  // Of two stages Envoy's later filter takes out the headers by which the earlier one has chosen.
  const kind = draw.pick(style.routedHeaders.length > 0 ? kinds : [...kinds, 'both', 'both']);
  if (kind === 'none') return {};
  if (kind === 'jwt') return { jwt: randomExtension(draw, style, 'after') };
  const before = randomExtension(draw, style, 'before');
  const after = randomExtension(draw, style, 'after');
  return {
    jwtStaged: {
      ...(kind === 'after' ? {} : { beforeExtAuth: before }),
      ...(kind === 'before' ? {} : { afterExtAuth: after }),
    },
  };
}

function upstream(name: string): Pick<RouteSpec, 'routeAction'> {
  return { routeAction: { single: { upstream: { name } } } };
}

function randomRoute(draw: Draw, style: ProviderStyle, index: number): RouteSpec {
  const matchers = Array.from({ length: draw.pick([1, 1, 1, 2]) }, () =>
    randomMatcher(draw, style),
  );
  const options = routeOptions(draw, style);
  return {
    name: `route-${index}`,
    ...(draw.chance(0.05) ? {} : { matchers }),
    ...(Object.keys(options).length > 0 ? { options } : {}),
    ...randomAction(draw),
  };
}

function randomAction(draw: Draw): Partial<RouteSpec> {
  if (draw.chance(0.05)) {
    return { redirectAction: { hostRedirect: 'other.test', pathRedirect: '/moved' } };
  }
  if (draw.chance(0.05)) return { directResponseAction: { status: 200, body: 'direct' } };
  return upstream(draw.pick(['blue', 'green', 'red']));
}

function randomMatcher(draw: Draw, { routedHeaders }: ProviderStyle): MatcherSpec {
  const path = draw.pick([
    { prefix: draw.pick(prefixes) },
    { prefix: draw.pick(prefixes) },
    { prefix: draw.pick(prefixes), caseSensitive: false },
    { exact: draw.pick(exactPaths) },
    { exact: draw.pick(exactPaths), caseSensitive: false },
    { regex: draw.pick(regexPaths) },
  ]);
  const claim = {
    name: draw.pick([...routedHeaders, 'x-company']),
    value: draw.pick(['solo.io', 'acme', 'admin']),
  };
  const byClaim = routedHeaders.length > 0 && draw.chance(0.6) ? [claim] : [];
  const headers = [...byClaim, ...(draw.chance(0.12) ? [plainHeader(draw)] : [])];
  return {
    ...path,
    ...(headers.length > 0 ? { headers } : {}),
    ...draw.maybe(0.1, () => ({ methods: [...draw.some(['GET', 'POST', 'HEAD'], 2)] })),
    ...draw.maybe(0.08, () => ({
      queryParameters: [
        draw.pick([
          { name: 'v' },
          { name: 'v', value: '1' },
          { name: 'v', value: '[0-9]+', regex: true },
        ]),
      ],
    })),
  };
}

function plainHeader(draw: Draw): NonNullable<MatcherSpec['headers']>[number] {
  return draw.pick([
    { name: 'X-Plan', value: 'pro' },
    { name: 'x-plan' },
    { name: 'x-plan', value: 'p.*', regex: true },
    { name: 'x-plan', value: 'pro', invertMatch: true },
    { name: 'x-plan', invertMatch: true },
  ]);
}

/** Routes that claims choose among ask for the same verification, or for none: of another one Envoy can only be told to refuse. */
function routeOptions(draw: Draw, style: ProviderStyle): RouteOptions {
  const byClaims = style.routedHeaders.length > 0;
  return {
    ...(draw.chance(byClaims ? 0.15 : 0.3) ? routeJwt(draw, style, byClaims) : {}),
    ...draw.maybe(0.2, () => ({ rbac: draw.chance(0.3) ? { disable: true } : randomRbac(draw) })),
    ...draw.maybe(0.06, () => ({ prefixRewrite: draw.pick(['/new', '/new/']) })),
  };
}

function routeJwt(draw: Draw, style: ProviderStyle, byClaims: boolean): RouteOptions {
  const kind = draw.pick(byClaims ? ['jwt'] : ['jwt', 'before', 'after', 'own', 'own', 'own']);
  if (kind === 'jwt') return { jwt: { disable: draw.chance(0.9) } };
  if (kind === 'before') return { jwtStaged: { beforeExtAuth: { disable: true } } };
  if (kind === 'after') return { jwtStaged: { afterExtAuth: { disable: true } } };
  const stage = draw.pick(['beforeExtAuth', 'afterExtAuth'] as const);
  const place = stage === 'beforeExtAuth' ? 'before' : 'after';
  return { jwtProvidersStaged: { [stage]: randomExtension(draw, style, place) } };
}
