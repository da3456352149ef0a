import type { Rbac, RbacPolicySpec } from '../api/rbac.ts';
import type { JwtStages } from '../ir/jwt.ts';
import {
  claimMatchers,
  type ClaimMatch,
  type RbacPolicy,
  type RbacPrincipal,
  type RbacRule,
} from '../ir/rbac.ts';
import { enumName } from './enum-name.ts';
import { fieldPath } from './field-path.ts';
import { shown } from './findings.ts';
import type { At } from './host-plan.ts';
import type { HostScope } from './providers.ts';
import { checkRegex } from './regex-limit.ts';
import { bySegment } from './segments.ts';
import type { HostProviders } from './stages.ts';

/** What a route's policies are compiled against: the tokens it asks for. */
export interface RbacScope extends HostScope {
  readonly stages: JwtStages | undefined;
  readonly host: HostProviders;
}

/**
 * The rule in force: the route's own in place of the virtual host's. Set but without policies refuses everybody; so does
 * nothing at all under `requireRbac`.
 */
export function compileRbac(rbac: At<Rbac> | undefined, scope: RbacScope): RbacRule | undefined {
  if (!rbac) return scope.context.settings.requireRbac ? { policies: [] } : undefined;
  if (rbac.value.disable === true) return undefined;
  const policies = rbac.value.policies ?? {};
  if (!scope.stages && scope.isDetached !== true && Object.keys(policies).length > 0) {
    scope.findings.warn({
      reason: 'InvalidRbac',
      path: rbac.path,
      what: 'a route without verification has no claims, so its policies refuse everybody',
      found: 'no jwt',
      accepted: 'providers, or rbac.disable: true on the route',
    });
  }
  const compiled = Object.keys(policies)
    .sort()
    .map((name) =>
      compilePolicy(name, policies[name] ?? {}, fieldPath(`${rbac.path}.policies`, name), scope),
    );
  return { policies: compiled };
}

function compilePolicy(
  name: string,
  policy: RbacPolicySpec,
  path: string,
  scope: RbacScope,
): RbacPolicy {
  const pathPrefix = policy.permissions?.pathPrefix ?? '';
  const { strictPolicyPaths } = scope.context.settings;
  if (pathPrefix !== '' && !pathPrefix.endsWith('/') && !strictPolicyPaths) {
    scope.findings.warn({
      reason: 'PrefixWithoutSlash',
      path: `${path}.permissions.pathPrefix`,
      what: `the prefix is textual: ${shown(pathPrefix)} also allows ${shown(`${pathPrefix}x`)}; end it with / to allow only what is below`,
    });
  }
  if ((policy.principals ?? []).length === 0) {
    scope.findings.error({
      reason: 'InvalidRbac',
      path: `${path}.principals`,
      what: 'the policy is for nobody',
      found: 'no principals',
      accepted: 'at least one principal with claims',
    });
  }
  return {
    name,
    principals: (policy.principals ?? []).map((principal, index) =>
      compilePrincipal(
        principal,
        policy.nestedClaimDelimiter ?? '',
        `${path}.principals[${index}]`,
        scope,
      ),
    ),
    pathPrefix,
    ...bySegment(pathPrefix, strictPolicyPaths),
    methods: policy.permissions?.methods ?? [],
    ...modelsOf(policy, `${path}.permissions.models`, scope),
  };
}

/** An empty list is refused: one that became empty by mistake must neither open all models nor close them in silence. */
function modelsOf(
  { permissions }: RbacPolicySpec,
  path: string,
  { findings }: RbacScope,
): Pick<RbacPolicy, 'models'> {
  const models = permissions?.models;
  if (models?.length === 0) {
    findings.error({
      reason: 'InvalidRbac',
      path,
      what: 'the policy is for no model',
      found: 'an empty list',
      accepted: 'at least one name, or no list where all models are meant',
    });
  }
  return models === undefined ? {} : { models };
}

type PrincipalSpec = NonNullable<RbacPolicySpec['principals']>[number];

function compilePrincipal(
  principal: PrincipalSpec,
  delimiter: string,
  path: string,
  scope: RbacScope,
): RbacPrincipal {
  const spec = principal.jwtPrincipal ?? {};
  const at = `${path}.jwtPrincipal`;
  const claims = Object.entries(spec.claims ?? {});
  if (claims.length === 0) {
    scope.findings.error({
      reason: 'InvalidRbac',
      path: `${at}.claims`,
      what: 'the principal would match everybody',
      found: 'no claims',
      accepted: 'at least one claim',
    });
  }
  const provider = spec.provider ? providerKey(spec.provider, at, scope) : undefined;
  return {
    ...(provider === undefined ? {} : { provider }),
    claims: claims.map(([claim, value]) =>
      compileClaim(
        { claim, value, delimiter, path: fieldPath(`${at}.claims`, claim) },
        spec.matcher,
        scope,
      ),
    ),
  };
}

/** The later stage is the one whose claims policies see. */
function providerKey(name: string, path: string, scope: RbacScope): string {
  const after = scope.stages?.afterExtAuth;
  // Only a lax later stage leaves the claims of the earlier one in force.
  const before = after?.validation === 'REQUIRE_VALID' ? undefined : scope.stages?.beforeExtAuth;
  for (const stage of [after, before]) {
    const key = stage?.providers.find((one) => scope.host.providers[one]?.name === name);
    if (key !== undefined) return key;
  }
  // A provider that has an error of its own is missing above; that error says enough.
  if (scope.findings.hasErrors() || scope.isDetached === true) return name;
  scope.findings.warn({
    reason: 'ReferenceNotFound',
    path: `${path}.provider`,
    what: 'the principal matches nobody',
    found: shown(name),
    accepted: 'the name of a provider whose tokens are verified on the route',
  });
  return name;
}

interface WrittenClaim {
  readonly claim: string;
  readonly value: string | boolean;
  readonly delimiter: string;
  readonly path: string;
}

function compileClaim(
  { claim, value, delimiter, path }: WrittenClaim,
  matcher: Parameters<typeof enumName<typeof claimMatchers>>[0],
  scope: RbacScope,
): ClaimMatch {
  const steps = delimiter === '' ? [claim] : claim.split(delimiter);
  const kind = enumName(matcher, claimMatchers);
  const text = String(value);
  const wrong = (found: string, accepted: string, what: string): void =>
    scope.findings.error({ reason: 'InvalidRbac', path, what, found, accepted });
  if (steps.includes(''))
    wrong(
      shown(claim),
      `names between every ${shown(delimiter)}`,
      'an empty step in a nested claim',
    );
  if (kind === 'BOOLEAN' && text !== 'true' && text !== 'false') {
    wrong(
      `a text of ${text.length} characters`,
      'true or false',
      'the matcher BOOLEAN compares with a boolean',
    );
  }
  if (kind === 'REGEX_MATCH') checkRegex(text, { path, isSecret: true }, scope);
  if (typeof value === 'boolean' && kind !== 'BOOLEAN') {
    scope.findings.warn({
      reason: 'InvalidValue',
      path,
      what: `the matcher ${kind} compares texts, so a boolean claim never matches: set matcher: BOOLEAN`,
    });
  }
  return { path: steps, matcher: kind, value: text };
}
