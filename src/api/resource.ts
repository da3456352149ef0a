import type { ResourceRef } from '../ir/outcome.ts';
import type { GatewaySpec } from './gateway.ts';
import type { Kind } from './kinds.ts';
import type { RouteOptions, VirtualHostOptions } from './options.ts';
import type { Problem } from './problem.ts';
import type { RouteTableSpec } from './route-table.ts';
import type { SettingsSpec } from './settings.ts';
import type { UpstreamGroupSpec } from './upstream-group.ts';
import type { UpstreamSpec } from './upstream.ts';
import type { VirtualServiceSpec } from './virtual-service.ts';

export interface Metadata {
  readonly name: string;
  readonly namespace: string;
  readonly uid?: string;
  readonly generation?: number;
  /** RFC 3339; in standalone mode the time the file source first saw the resource. */
  readonly creationTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** `data` is base64, `stringData` is text and wins. */
export interface SecretBody {
  readonly type?: string;
  readonly data?: Readonly<Record<string, string>>;
  readonly stringData?: Readonly<Record<string, string>>;
}

export interface ServiceBody {
  readonly spec: {
    readonly type?: string;
    readonly clusterIP?: string;
    readonly externalName?: string;
    /** Labels of its pods. */
    readonly selector?: Readonly<Record<string, string>>;
    readonly ports?: readonly {
      readonly name?: string;
      readonly port: number;
      readonly targetPort?: number | string;
    }[];
  };
}

export interface EndpointSliceBody {
  readonly addressType: string;
  readonly endpoints?: readonly {
    readonly addresses: readonly string[];
    readonly conditions?: { readonly ready?: boolean | null };
    /** What has the addresses. */
    readonly targetRef?: {
      readonly kind?: string;
      readonly namespace?: string;
      readonly name?: string;
    };
  }[];
  readonly ports?: readonly { readonly name?: string; readonly port?: number }[];
}

interface Bodies {
  VirtualService: { readonly spec: VirtualServiceSpec };
  RouteTable: { readonly spec: RouteTableSpec };
  Gateway: { readonly spec: GatewaySpec };
  RouteOption: { readonly spec: { readonly options?: RouteOptions } };
  VirtualHostOption: { readonly spec: { readonly options?: VirtualHostOptions } };
  Upstream: { readonly spec: UpstreamSpec };
  UpstreamGroup: { readonly spec: UpstreamGroupSpec };
  Settings: { readonly spec: SettingsSpec };
  Secret: SecretBody;
  Service: ServiceBody;
  EndpointSlice: EndpointSliceBody;
  /** Only its labels are read. */
  Pod: object;
}

/** A resource that fits its schema. */
export type Resource<K extends Kind = Kind> = {
  [P in K]: { readonly kind: P; readonly metadata: Metadata } & Bodies[P];
}[K];

/** A resource as a source delivered it: valid, or with the errors that keep it from being used. */
export interface Entry<K extends Kind = Kind> {
  readonly ref: ResourceRef & { readonly kind: K };
  /** `metadata.uid`, of invalid resources too; absent in standalone mode. */
  readonly uid?: string;
  readonly generation?: number;
  /** `file:line` in standalone mode, else empty. */
  readonly origin: string;
  /** Absent when one of the problems is an error. */
  readonly resource?: Resource<K>;
  readonly problems: readonly Problem[];
}

/** One moment of everything the sources know: what a compile works on. */
export interface ResourceSet {
  /** Every entry of a kind, in the order of namespace and name. */
  readonly list: <K extends Kind>(kind: K) => readonly Entry<K>[];
  readonly get: <K extends Kind>(kind: K, namespace: string, name: string) => Entry<K> | undefined;
  /**
   * By `refKey`: Secrets and Services that may be there and may not be read. An EndpointSlice and a Pod stand for all of the
   * Service of that name.
   */
  readonly withheld: ReadonlySet<string>;
}

/** `Kind/namespace/name`. */
export function refKey(ref: ResourceRef): string {
  return `${ref.kind}/${ref.namespace}/${ref.name}`;
}
