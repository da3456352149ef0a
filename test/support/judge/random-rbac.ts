import type { Rbac, RbacPolicySpec } from '../../../src/api/rbac.ts';
import type { Draw } from './draw.ts';
import { claimRegexes, claimValues, nestedClaims, prefixes, providerNames } from './words.ts';

type Principal = NonNullable<NonNullable<RbacPolicySpec['principals']>[number]>;
type JwtPrincipal = NonNullable<Principal['jwtPrincipal']>;

/** Policies of every kind, mostly ones that somebody can satisfy. */
export function randomRbac(draw: Draw): Rbac {
  if (draw.chance(0.04)) return { policies: {} };
  const names = draw.some(['readers', 'writers', 'admins'], draw.count(1, 3));
  return { policies: Object.fromEntries(names.map((name) => [name, randomPolicy(draw)])) };
}

function randomPolicy(draw: Draw): RbacPolicySpec {
  const delimiter = draw.pick(['', '.', '.', ':', '->']);
  const principals = Array.from({ length: draw.pick([1, 1, 2, 3]) }, () => ({
    jwtPrincipal: randomPrincipal(draw, delimiter),
  }));
  return {
    principals,
    ...(delimiter === '' ? {} : { nestedClaimDelimiter: delimiter }),
    ...draw.maybe(0.5, () => ({
      permissions: {
        ...draw.maybe(0.7, () => ({ pathPrefix: draw.pick([...prefixes, '/api?x=1', '']) })),
        ...draw.maybe(0.5, () => ({
          methods: [...draw.some(['GET', 'POST', 'PUT', 'HEAD', 'OPTIONS'], draw.count(0, 3))],
        })),
      },
    })),
  };
}

function randomPrincipal(draw: Draw, delimiter: string): JwtPrincipal {
  const provider = draw.maybe(0.15, () => ({ provider: draw.pick(providerNames) }));
  const matcher = draw.pick([
    '',
    'EXACT_STRING',
    'BOOLEAN',
    'LIST_CONTAINS',
    'REGEX_MATCH',
  ] as const);
  const nested = (name: string): string => name.replaceAll('.', delimiter === '' ? '.' : delimiter);
  if (matcher === 'BOOLEAN') {
    const claim = draw.pick(['admin', 'active', nested('org.unit.lead')]);
    return { ...provider, matcher, claims: { [claim]: draw.pick([true, false, 'true']) } };
  }
  if (matcher === 'LIST_CONTAINS') {
    const [claim, value] = draw.pick([
      ['groups', 'dev'],
      ['groups', 'ops'],
      [nested('org.tags'), 'x'],
      ['role', 'admin'],
    ] as const);
    return { ...provider, matcher, claims: { [claim]: value } };
  }
  if (matcher === 'REGEX_MATCH') {
    const claim = draw.pick(Object.keys(claimRegexes));
    return { ...provider, matcher, claims: { [claim]: draw.pick(claimRegexes[claim] ?? []) } };
  }
  const texts = draw.some(['role', 'company', 'email', ...nestedClaims], draw.pick([1, 1, 2]));
  const claims = texts.map((name) => [nested(name), exactValue(draw, name)] as const);
  return {
    ...provider,
    ...(matcher === '' ? {} : { matcher }),
    claims: Object.fromEntries(claims),
  };
}

function exactValue(draw: Draw, name: string): string {
  if (name.startsWith('org')) return draw.pick(['solo', 'dev', 'ops']);
  const values = claimValues[name]?.filter((one) => typeof one === 'string') ?? [];
  return draw.pick(values.slice(0, 3));
}
