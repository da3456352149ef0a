import type { Ref } from '../api/schema.ts';
import type { ErrorDetail } from '../ir/jwt.ts';
import type { CircuitBreakersSpec } from '../api/upstream-connections.ts';

/** Settings in force, defaults filled in. */
export interface CompiledSettings {
  readonly requireRbac: boolean;
  readonly allowWeakKeys: boolean;
  readonly regexMaxLength: number;
  readonly replaceInvalidRoutes: boolean;
  readonly invalidRouteStatus: number;
  readonly invalidRouteBody: string;
  /** Prefixes of routes end where a segment does. */
  readonly strictRoutePaths: boolean;
  /** Those of RBAC policies do. */
  readonly strictPolicyPaths: boolean;
  readonly errorDetail: ErrorDetail;
  /** Guards every route and is not enforced yet: routes that do not turn it off stay closed. */
  readonly extProc?: unknown;
  readonly defaultUpstream?: Required<Ref>;
  /** Limits of Upstreams that have none of their own. */
  readonly circuitBreakers?: CircuitBreakersSpec;
  /** Namespaces whose Upstreams with a key may be used from others; `*` is all. */
  readonly sharedUpstreams: readonly string[];
  /** Namespaces whose Secrets may be used from others; `*` is all. */
  readonly sharedSecrets: readonly string[];
}

/** Gloo's defaults; `gloo-system` is where its manifests keep what everybody uses. */
export const defaultSettings: CompiledSettings = {
  requireRbac: false,
  allowWeakKeys: false,
  regexMaxLength: 1024,
  replaceInvalidRoutes: false,
  invalidRouteStatus: 404,
  invalidRouteBody:
    'Gloo Gateway has invalid configuration. Administrators should run `seekgate check` to find and fix config errors.',
  strictRoutePaths: false,
  strictPolicyPaths: false,
  errorDetail: 'full',
  sharedUpstreams: ['gloo-system'],
  sharedSecrets: [],
};

/**
 * In place of Settings that were never readable: they may have asked for policies everywhere, and for narrow ones. Routes stay as
 * they are: where a narrower one does not take a request, a more open one may.
 */
export const unreadableSettings: CompiledSettings = {
  ...defaultSettings,
  requireRbac: true,
  strictPolicyPaths: true,
};
