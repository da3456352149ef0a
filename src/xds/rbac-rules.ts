import type { JwtStages } from '../ir/jwt.ts';
import type { ClaimMatch, RbacPolicy, RbacPrincipal, RbacRule } from '../ir/rbac.ts';
import type { EnvoyConfig } from './typed-config.ts';

/** What authorization on a route looks at. */
export interface RbacScope {
  readonly stages: JwtStages;
  /** What may have verified a token by then: of a route without verification that claims choose, what other routes ask for. */
  readonly verifiedBy: JwtStages;
  /** The metadata that holds the claims of a provider's token. */
  readonly payloadOf: (provider: string) => string;
  /** Ask for a token of this route's own providers, since claims of another route's may have chosen it. */
  readonly guarded: boolean;
}

/**
 * A rule as Envoy's `RBAC`: claims are compared where `jwt_authn` has put them, for each provider apart. Claims of the
 * stage before external auth count only where the later one verified nothing. Without a policy everybody is refused.
 */
export function rbacRules(rule: RbacRule | undefined, scope: RbacScope): EnvoyConfig | undefined {
  const guards = scope.guarded ? guardsOf(scope) : [];
  if (rule === undefined) {
    if (guards.length === 0) return undefined;
    const policy = { permissions: [{ any: true }], principals: [allOf(guards)] };
    return { action: 'ALLOW', policies: { verified: policy } };
  }
  const policies = rule.policies.flatMap((policy) => {
    // Where nobody sees which model a request is for it allows nothing; a route where somebody does is not served here.
    if (policy.models !== undefined) return [];
    const principals = policy.principals.flatMap((one) => principalsOf(one, scope));
    if (principals.length === 0) return [];
    const guarded = principals.map((one) => allOf([...guards, one]));
    return [[policy.name, { permissions: [permissionOf(policy)], principals: guarded }] as const];
  });
  return { action: 'ALLOW', policies: Object.fromEntries(policies) };
}

function permissionOf({ pathPrefix, bySegment, methods }: RbacPolicy): EnvoyConfig {
  const rules: EnvoyConfig[] = [];
  // With the query, unlike `url_path`.
  if (pathPrefix !== '') {
    rules.push(bySegment ? segments(pathPrefix) : pathRule({ prefix: pathPrefix }));
  }
  if (methods.length > 0) {
    const headers = methods.map((method) => ({
      header: { name: ':method', string_match: { exact: method } },
    }));
    rules.push({ or_rules: { rules: headers } });
  }
  if (rules.length === 0) return { any: true };
  return { and_rules: { rules } };
}

/** What follows the prefix is another segment or the query. */
function segments(prefix: string): EnvoyConfig {
  const ends = [{ exact: prefix }, { prefix: `${prefix}/` }, { prefix: `${prefix}?` }];
  return { or_rules: { rules: ends.map(pathRule) } };
}

function pathRule(match: EnvoyConfig): EnvoyConfig {
  return { header: { name: ':path', string_match: match } };
}

/** One for each provider whose token may be the one that counts. */
function principalsOf(principal: RbacPrincipal, scope: RbacScope): readonly EnvoyConfig[] {
  // A principal without claims would be everybody: it is nobody.
  if (principal.claims.length === 0) return [];
  const { beforeExtAuth, afterExtAuth } = scope.verifiedBy;
  const later = afterExtAuth?.providers ?? [];
  const earlier = (beforeExtAuth?.providers ?? []).filter((name) => !later.includes(name));
  const fits = (name: string): boolean =>
    principal.provider === undefined || principal.provider === name;
  const noneLater = later.map((name) => ({ not_id: payloadPresent(name, scope) }));
  return [
    ...later.filter(fits).map((name) => allOf(claimsOf(principal, name, scope))),
    ...earlier
      .filter(fits)
      .map((name) => allOf([...claimsOf(principal, name, scope), ...noneLater])),
  ];
}

function claimsOf(
  { claims }: RbacPrincipal,
  provider: string,
  scope: RbacScope,
): readonly EnvoyConfig[] {
  return claims.map((claim) =>
    metadata([scope.payloadOf(provider), ...claim.path], claimValue(claim)),
  );
}

function claimValue({ matcher, value }: ClaimMatch): EnvoyConfig {
  if (matcher === 'BOOLEAN') return { bool_match: value === 'true' };
  const exact = { string_match: { exact: value } };
  if (matcher === 'EXACT_STRING') return exact;
  if (matcher === 'LIST_CONTAINS') return { list_match: { one_of: exact } };
  return { string_match: { safe_regex: { regex: value } } };
}

/** Every stage that asks for a token got one that its own providers verified. */
function guardsOf(scope: RbacScope): readonly EnvoyConfig[] {
  const { beforeExtAuth, afterExtAuth } = scope.stages;
  return [beforeExtAuth, afterExtAuth].flatMap((stage) =>
    stage?.validation === 'REQUIRE_VALID'
      ? [{ or_ids: { ids: stage.providers.map((name) => payloadPresent(name, scope)) } }]
      : [],
  );
}

function payloadPresent(provider: string, { payloadOf }: RbacScope): EnvoyConfig {
  return metadata([payloadOf(provider)], { present_match: true });
}

function metadata(path: readonly string[], value: EnvoyConfig): EnvoyConfig {
  const keys = path.map((key) => ({ key }));
  const matcher = { filter: 'envoy.filters.http.jwt_authn', path: keys, value };
  return { sourced_metadata: { metadata_matcher: matcher } };
}

function allOf(ids: readonly EnvoyConfig[]): EnvoyConfig {
  const [first, ...more] = ids;
  return first !== undefined && more.length === 0 ? first : { and_ids: { ids } };
}
