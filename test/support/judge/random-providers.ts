import type { Provider, VhostExtension } from '../../../src/api/jwt.ts';
import type { Draw } from './draw.ts';
import { audiences, issuers, keyChoices, providerNames } from './words.ts';

/** What all providers of a virtual host have in common, so that the case stays one that can be judged. */
export interface ProviderStyle {
  /** Headers that routes are chosen by; nothing else than plain claims is written to those. */
  readonly routedHeaders: readonly string[];
  /** With a skew of zero Envoy means another: then it is that of all providers. */
  readonly zeroSkew: boolean;
}

const mappings = [
  ['company', 'x-company'],
  ['role', 'X-Role'],
  ['sub', 'x-sub'],
  ['groups', 'x-groups'],
  ['org', 'x-org'],
  ['org.name', 'x-org'],
  ['org.unit.name', 'x-extra'],
  ['org.unit.lead', 'x-lead'],
  ['level', 'x-level'],
  ['email', 'x-email'],
  ['active', 'x-active'],
  ['absent', 'x-absent'],
  ['big', 'x-big'],
  ['https://ns.example/role', 'x-namespaced'],
] as const;

/** A verification with one to three providers. */
export function randomExtension(draw: Draw, style: ProviderStyle, place: string): VhostExtension {
  const names = draw.some(providerNames, draw.pick([1, 1, 1, 2, 2, 3]));
  const providers = names.map((name) => [name, randomProvider(draw, style, place)] as const);
  return {
    providers: Object.fromEntries(providers),
    ...draw.maybe(0.4, () => ({
      validationPolicy: draw.pick(['REQUIRE_VALID', 'ALLOW_MISSING', 'ALLOW_MISSING_OR_FAILED']),
    })),
    ...draw.maybe(0.04, () => ({ allowMissingOrFailedJwt: true })),
  };
}

function randomProvider(draw: Draw, style: ProviderStyle, place: string): Provider {
  return {
    ...draw.maybe(0.8, () => ({ issuer: draw.pick(issuers) })),
    ...draw.maybe(0.4, () => ({ audiences: [...draw.some(audiences, draw.count(1, 2))] })),
    jwks: draw.pick(keyChoices).jwks,
    ...draw.maybe(0.45, () => ({ tokenSource: randomSource(draw, place) })),
    ...draw.maybe(0.3, () => ({ keepToken: draw.chance(0.8) })),
    ...draw.maybe(0.6, () => ({ claimsToHeaders: randomMappings(draw, style, place) })),
    ...(style.zeroSkew
      ? { clockSkewSeconds: 0 }
      : draw.maybe(0.3, () => ({ clockSkewSeconds: draw.pick([10, 60, 300]) }))),
  };
}

function randomSource(draw: Draw, place: string): NonNullable<Provider['tokenSource']> {
  const headers = [
    { header: 'Authorization', prefix: 'Bearer ' },
    { header: 'authorization', prefix: 'Token ' },
    { header: 'X-Token' },
    { header: 'x-jwt', prefix: 'JWT ' },
    { header: `x-${place}` },
  ];
  const found = draw.some(headers, draw.count(0, 2));
  const queryParams = draw.some(['access_token', 'token', 'jwt'], draw.count(0, 1));
  const names = new Set(found.map(({ header }) => header.toLowerCase()));
  if (found.length === 0 && queryParams.length === 0) return { headers: [{ header: 'x-token' }] };
  return {
    ...(names.size > 0 ? { headers: found.slice(0, names.size) } : {}),
    ...(queryParams.length > 0 ? { queryParams: [...queryParams] } : {}),
  };
}

function randomMappings(
  draw: Draw,
  style: ProviderStyle,
  place: string,
): NonNullable<Provider['claimsToHeaders']> {
  // Of the earlier of two stages, the translation brings one line of a header past the later one.
  const possible = place === 'before' ? mappings.filter(([claim]) => claim !== 'org') : mappings;
  return draw.some(possible, draw.count(1, 4)).map(([claim, header]) => ({
    claim,
    header,
    ...(style.routedHeaders.includes(header.toLowerCase())
      ? {}
      : draw.maybe(0.06, () => ({ append: true }))),
  }));
}
