import type { ShortJwt, ShortProvider, Provider, VhostExtension } from '../api/jwt.ts';
import type { VirtualHostOptions } from '../api/options.ts';
import type { Rbac } from '../api/rbac.ts';
import type { RouteSpec } from '../api/route.ts';
import type { VirtualServiceSpec } from '../api/virtual-service.ts';
import {
  errorDetails,
  validationPolicies,
  type ErrorDetail,
  type ValidationPolicy,
} from '../ir/jwt.ts';
import type { ClosedAction } from '../ir/table.ts';
import { closed } from './closed.ts';
import { enumName } from './enum-name.ts';
import { fieldPath } from './field-path.ts';
import { mergeOptions, type MergedOptions } from './merged-options.ts';
import type { FoundOptions } from './option-refs.ts';
import type { Place } from './parts.ts';

/** A part of a resource and where it stands in it. */
export interface At<T> {
  readonly value: T;
  readonly path: string;
  /** The resource; undefined: the one that is compiled. */
  readonly place?: Place;
}

export interface ProviderPlan {
  readonly name: string;
  readonly provider: Provider;
  readonly path: string;
  readonly keyPaths: KeyPaths;
}

/** Where the keys of a provider are written: the short form has other places for them. */
export interface KeyPaths {
  readonly jwks: string;
  readonly local: string;
  readonly remote: string;
  readonly url: string;
}

/** One stage's JWT settings, whichever form they were written in. */
export interface ExtensionPlan {
  readonly path: string;
  readonly place?: Place;
  readonly providers: readonly ProviderPlan[];
  readonly validation: ValidationPolicy;
  readonly errorDetail?: ErrorDetail;
}

/** A VirtualService in one form: Gloo's and the short one end here. */
export interface HostPlan {
  readonly domains: At<readonly string[]>;
  readonly routes: At<readonly RouteSpec[]>;
  readonly beforeExtAuth?: ExtensionPlan;
  readonly afterExtAuth?: ExtensionPlan;
  readonly rbac?: At<Rbac>;
  readonly options: MergedOptions<VirtualHostOptions>;
  /** What all routes answer, since options that may hold auth cannot be read. */
  readonly closed?: ClosedAction;
  /** The short form without routes: everything goes to the default backend. */
  readonly wantsDefaultBackend: boolean;
}

/** Brings both forms of a VirtualService into one; undefined without a virtual host. */
export function planHost(
  spec: VirtualServiceSpec,
  { layers: kept, missing }: FoundOptions<VirtualHostOptions> = { layers: [] },
): HostPlan | undefined {
  const host = spec.virtualHost;
  if (!host) return isShortForm(spec) ? planShortForm(spec) : undefined;
  const base = 'spec.virtualHost';
  const written = host.options ? [{ value: host.options, path: `${base}.options` }] : [];
  const merged = mergeOptions<VirtualHostOptions>([...written, ...kept]);
  const { value: options, layerOf } = merged;
  const { path: jwtPath = '', place } = layerOf('jwt') ?? {};
  const before = options.jwtStaged?.beforeExtAuth;
  const after = options.jwt ?? options.jwtStaged?.afterExtAuth;
  const afterPath = options.jwt ? 'jwt' : 'jwtStaged.afterExtAuth';
  return {
    domains: { value: host.domains ?? [], path: `${base}.domains` },
    routes: { value: host.routes ?? [], path: `${base}.routes` },
    ...(before
      ? { beforeExtAuth: planExtension(before, `${jwtPath}.jwtStaged.beforeExtAuth`, place) }
      : {}),
    ...(after ? { afterExtAuth: planExtension(after, `${jwtPath}.${afterPath}`, place) } : {}),
    ...rbacPlan(merged),
    options: merged,
    ...(missing === undefined ? {} : { closed: closed(missing) }),
    wantsDefaultBackend: false,
  };
}

function rbacPlan({ value: { rbac }, layerOf }: MergedOptions<VirtualHostOptions>): {
  readonly rbac?: At<Rbac>;
} {
  const layer = layerOf('rbac');
  if (!rbac || !layer) return {};
  const { path, place } = layer;
  return { rbac: { value: rbac, path: `${path}.rbac`, ...(place ? { place } : {}) } };
}

function isShortForm(spec: VirtualServiceSpec): boolean {
  return [spec.jwt, spec.rbac, spec.domains, spec.routes].some((field) => field !== undefined);
}

function planShortForm(spec: VirtualServiceSpec): HostPlan {
  return {
    domains: { value: spec.domains ?? [], path: 'spec.domains' },
    routes: { value: spec.routes ?? [], path: 'spec.routes' },
    ...(spec.jwt ? { afterExtAuth: planShortJwt(spec.jwt) } : {}),
    ...(spec.rbac ? { rbac: { value: spec.rbac, path: 'spec.rbac' } } : {}),
    options: mergeOptions<VirtualHostOptions>([]),
    wantsDefaultBackend: spec.routes === undefined || spec.routes.length === 0,
  };
}

/** Providers are alternatives, tried in the order of their names as Gloo's map is. */
export function planExtension(
  extension: VhostExtension,
  path: string,
  place?: Place,
): ExtensionPlan {
  const names = Object.keys(extension.providers ?? {}).sort();
  const lax = extension.allowMissingOrFailedJwt === true;
  return {
    path,
    ...(place ? { place } : {}),
    providers: names.map((name) => {
      const at = fieldPath(`${path}.providers`, name);
      const provider = extension.providers?.[name] ?? {};
      return { name, provider, path: at, keyPaths: longKeyPaths(at) };
    }),
    validation: lax ? 'ALLOW_MISSING_OR_FAILED' : policyOf(extension.validationPolicy),
    ...detailOf(extension),
  };
}

function planShortJwt(jwt: ShortJwt): ExtensionPlan {
  return {
    path: 'spec.jwt',
    providers: jwt.providers.map((short, index) => {
      const path = `spec.jwt.providers[${index}]`;
      const name = short.name ?? `provider-${index}`;
      return { name, provider: longProvider(short), path, keyPaths: shortKeyPaths(short, path) };
    }),
    validation: policyOf(jwt.validationPolicy),
    ...detailOf(jwt),
  };
}

function longKeyPaths(path: string): KeyPaths {
  const jwks = `${path}.jwks`;
  return { jwks, local: `${jwks}.local.key`, remote: `${jwks}.remote`, url: `${jwks}.remote.url` };
}

function shortKeyPaths({ remoteJwks, publicKey }: ShortProvider, path: string): KeyPaths {
  if (publicKey === undefined && !remoteJwks) return longKeyPaths(path);
  const remote = `${path}.remoteJwks`;
  const url = `${remote}.${remoteJwks?.url === undefined ? 'uri' : 'url'}`;
  return { jwks: path, local: `${path}.publicKey`, remote, url };
}

function detailOf({ errorDetail }: VhostExtension | ShortJwt): Pick<ExtensionPlan, 'errorDetail'> {
  return errorDetail === undefined ? {} : { errorDetail: enumName(errorDetail, errorDetails) };
}

function policyOf(written: ValidationPolicy | number | undefined): ValidationPolicy {
  return enumName(written, validationPolicies);
}

function longProvider(short: ShortProvider): Provider {
  const { name: _name, remoteJwks, publicKey, ...rest } = short;
  if (publicKey !== undefined) return { ...rest, jwks: { local: { key: publicKey } } };
  if (!remoteJwks) return rest;
  const { cacheDuration } = remoteJwks;
  const url = remoteJwks.url ?? remoteJwks.uri ?? '';
  return { ...rest, jwks: { remote: { url, ...(cacheDuration ? { cacheDuration } : {}) } } };
}
