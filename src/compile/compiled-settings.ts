import type { Ref } from '../api/schema.ts';

/** Settings in force, defaults filled in. */
export interface CompiledSettings {
  readonly requireRbac: boolean;
  readonly allowWeakKeys: boolean;
  readonly regexMaxLength: number;
  readonly replaceInvalidRoutes: boolean;
  readonly invalidRouteStatus: number;
  readonly invalidRouteBody: string;
  readonly defaultUpstream?: Required<Ref>;
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
  sharedUpstreams: ['gloo-system'],
  sharedSecrets: [],
};

/** In place of Settings that were never readable: they may have asked for policies everywhere. */
export const unreadableSettings: CompiledSettings = { ...defaultSettings, requireRbac: true };
