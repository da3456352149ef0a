import type { Finding, ResourceRef } from '../ir/outcome.ts';

/** Every reason a problem or a condition can carry; each is documented in docs/reference/reasons.md and produced by a test. */
export const reasons = [
  // Conditions without a fault.
  'Accepted',
  'ResolvedRefs',
  'KeysReady',
  'Programmed',
  'NoKeysNeeded',
  'Pending',
  // The text or shape of a manifest.
  'Malformed',
  'UnknownKind',
  'UnknownField',
  'InvalidValue',
  'MissingField',
  'ConflictingFields',
  'Unsupported',
  'DuplicateResource',
  // Meaning.
  'NoVirtualHost',
  'DomainConflict',
  'InvalidDomain',
  'InvalidRegex',
  'InvalidKey',
  'WeakKey',
  'InvalidRoute',
  'InvalidRbac',
  'InvalidUpstream',
  'InvalidGateway',
  'PrefixWithoutSlash',
  'AuthRemoved',
  'InsecureUpstream',
  // References.
  'UpstreamNotFound',
  'UpstreamNotReady',
  'SecretNotFound',
  'ServiceNotFound',
  'NoEndpoints',
  'RefNotPermitted',
  'ReferenceNotFound',
  'ForbiddenAddress',
  // Kinds of a cluster.
  'KindAbsent',
  'KindForbidden',
  // Keys from the network and the engines.
  'KeysPending',
  'KeysStale',
  'KeyFetchFailed',
  'NotProgrammed',
  'InternalError',
] as const;

export type Reason = (typeof reasons)[number];

/** A mistake in a user's manifest: data, never thrown. */
export interface Problem extends Finding {
  readonly ref: ResourceRef;
  readonly reason: Reason;
  readonly severity: 'error' | 'warning';
  /** Gloo's own text where it has one, for `status.statuses`. */
  readonly gloo?: string;
}

/** A problem with the place it is at. */
export interface LocatedProblem {
  /** `file:line`, or empty. */
  readonly origin: string;
  readonly problem: Problem;
}

/** Text of a problem: what was found, what would be accepted; the path stands beside it. */
export function explainProblem(found: string, accepted: string): string {
  return `found ${found}, accepted ${accepted}`;
}

/** A problem as one line: its path, where it has one, and what is wrong there. */
export function problemLine({ path, message }: Pick<Finding, 'path' | 'message'>): string {
  return path === '' ? message : `${path}: ${message}`;
}
