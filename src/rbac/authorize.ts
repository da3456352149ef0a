import type { RbacPolicy, RbacPrincipal, RbacRule } from '../ir/rbac.ts';
import { prepareClaim, type Claims, type PreparedClaim, type ShowValue } from './claim-matcher.ts';

/** Who asks: the claims of a verified token, and the provider that verified it. */
interface RbacSubject {
  readonly provider: string;
  readonly claims: Claims;
}

export interface RbacRequest {
  /** Absent when no token was verified: then no policy allows. */
  readonly subject: RbacSubject | undefined;
  /** The normalised path with its query. */
  readonly path: string;
  readonly method: string;
  /** It will be seen which model it is for. Absent: it will not, so that policies for some models do not allow. */
  readonly isForModel?: boolean;
}

/** What the policies say of a request. */
interface RbacDecision {
  readonly allowed: boolean;
  /** Name of the policy that allowed. */
  readonly policy?: string;
  /** It is allowed for these models only, all policies that allow taken together; absent: for all. */
  readonly models?: ReadonlySet<string>;
}

/** An {@link RbacRule} made ready for many requests. */
export interface PreparedRbac {
  readonly decide: (request: RbacRequest) => RbacDecision;
  /** For each policy in turn why it does not allow; for traces and `explain`. Names claims, never their values. */
  readonly explain: (request: RbacRequest, show?: ShowValue) => readonly RbacExplanation[];
}

interface RbacExplanation {
  readonly policy: string;
  readonly allows: boolean;
  /** Empty when it allows. */
  readonly because: readonly string[];
  /** Names of the claims by which it allows; empty when it does not. */
  readonly claims: readonly string[];
  /** Only for these; absent: for all. */
  readonly models?: readonly string[];
}

interface PreparedPolicy extends Omit<RbacPolicy, 'principals'> {
  readonly principals: readonly PreparedPrincipal[];
}

interface PreparedPrincipal {
  readonly provider: string | undefined;
  readonly claims: readonly PreparedClaim[];
}

const refused: RbacDecision = Object.freeze({ allowed: false });

/** Prepares a rule. Policies are alternatives, so are the principals of one; without any the rule refuses everybody. */
export function prepareRbac(rule: RbacRule): PreparedRbac {
  const policies = rule.policies.map(preparePolicy);
  const decisions = policies.map(({ name }) => Object.freeze({ allowed: true, policy: name }));
  const knowModels = policies.some(({ models }) => models !== undefined);
  return {
    decide: (request) => {
      if (knowModels) return decideByModels(policies, request);
      const index = policies.findIndex((policy) => allows(policy, request));
      return decisions[index] ?? refused;
    },
    explain: (request, show) => policies.map((policy) => explanationOf(policy, request, show)),
  };
}

/** A policy for all models counts before those for some. */
function decideByModels(policies: readonly PreparedPolicy[], request: RbacRequest): RbacDecision {
  const allowing = policies.filter((policy) => allows(policy, request));
  const [first] = allowing;
  if (first === undefined) return refused;
  const open = allowing.find(({ models }) => models === undefined);
  if (open !== undefined) return { allowed: true, policy: open.name };
  const models = new Set(allowing.flatMap((policy) => policy.models ?? []));
  return { allowed: true, policy: first.name, models };
}

function preparePolicy(policy: RbacPolicy): PreparedPolicy {
  return { ...policy, principals: policy.principals.map(preparePrincipal) };
}

function preparePrincipal({ provider, claims }: RbacPrincipal): PreparedPrincipal {
  return { provider, claims: claims.map(prepareClaim) };
}

function allows(
  policy: PreparedPolicy,
  { subject, path, method, isForModel }: RbacRequest,
): boolean {
  return (
    subject !== undefined &&
    (policy.models === undefined || isForModel === true) &&
    (policy.methods.length === 0 || policy.methods.includes(method)) &&
    isBelow(path, policy) &&
    policy.principals.some((principal) => isPrincipal(principal, subject))
  );
}

/** Of the path with its query; by segments, what follows the prefix is another segment or the query. */
function isBelow(path: string, { pathPrefix, bySegment }: PreparedPolicy): boolean {
  if (!path.startsWith(pathPrefix)) return false;
  return bySegment === undefined || ['', '/', '?'].includes(path.charAt(pathPrefix.length));
}

/** A principal without claims would be everybody: compile refuses it, and here it is nobody. */
function isPrincipal({ provider, claims }: PreparedPrincipal, subject: RbacSubject): boolean {
  return (
    claims.length > 0 &&
    (provider === undefined || provider === subject.provider) &&
    claims.every((claim) => claim.matches(subject.claims))
  );
}

function explanationOf(
  policy: PreparedPolicy,
  request: RbacRequest,
  show?: ShowValue,
): RbacExplanation {
  const { name, principals } = policy;
  if (!allows(policy, request)) {
    return { policy: name, allows: false, because: faultsOf(policy, request, show), claims: [] };
  }
  const { subject } = request;
  const principal = principals.find((one) => subject !== undefined && isPrincipal(one, subject));
  const claims = (principal?.claims ?? []).map((claim) => claim.name);
  const { models } = policy;
  return { policy: name, allows: true, because: [], claims, ...(models ? { models } : {}) };
}

function faultsOf(
  policy: PreparedPolicy,
  { subject, path, method, isForModel }: RbacRequest,
  show?: ShowValue,
): string[] {
  const faults: string[] = [];
  if (policy.models !== undefined && isForModel !== true)
    faults.push('it is for models, the route is not');
  if (policy.methods.length > 0 && !policy.methods.includes(method)) {
    faults.push(`method is not ${policy.methods.join(' or ')}`);
  }
  if (!isBelow(path, policy)) {
    faults.push(`path does not begin with ${policy.pathPrefix}`);
  }
  if (!subject) return [...faults, 'no verified token'];
  if (policy.principals.some((principal) => isPrincipal(principal, subject))) return faults;
  return [
    ...faults,
    ...policy.principals.flatMap((principal, index) =>
      principalFaults(principal, subject, show).map((text) => `principal ${index}: ${text}`),
    ),
  ];
}

function principalFaults(
  principal: PreparedPrincipal,
  subject: RbacSubject,
  show?: ShowValue,
): string[] {
  const faults = principal.claims.flatMap((claim) => claim.explain(subject.claims, show) ?? []);
  if (principal.provider !== undefined && principal.provider !== subject.provider) {
    faults.unshift(`token is of ${subject.provider}, wanted ${principal.provider}`);
  }
  return faults;
}
