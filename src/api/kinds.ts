import { gatewaySchema } from './gateway.ts';
import { routeOptionSchema, virtualHostOptionSchema } from './option-resources.ts';
import { routeTableSchema } from './route-table.ts';
import type { TSchema } from './schema.ts';
import { settingsSchema } from './settings.ts';
import { upstreamGroupSchema } from './upstream-group.ts';
import { upstreamSchema } from './upstream.ts';
import { virtualServiceSchema } from './virtual-service.ts';

/** What the CRDs, the watches and the validators need to know of a kind. */
export interface KindDefinition {
  readonly kind: string;
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly schema: TSchema;
}

const gatewayGroup = { group: 'gateway.solo.io', version: 'v1' };
const glooGroup = { group: 'gloo.solo.io', version: 'v1' };

/** The kinds of which we own the CRDs; group, version, plural and short names are Gloo's. */
export const kinds = [
  {
    kind: 'VirtualService',
    ...gatewayGroup,
    plural: 'virtualservices',
    singular: 'virtualservice',
    shortNames: ['vs', 'gvs'],
    schema: virtualServiceSchema,
  },
  {
    kind: 'RouteTable',
    ...gatewayGroup,
    plural: 'routetables',
    singular: 'routetable',
    shortNames: ['rt', 'grt'],
    schema: routeTableSchema,
  },
  {
    kind: 'Gateway',
    ...gatewayGroup,
    plural: 'gateways',
    singular: 'gateway',
    shortNames: ['gw', 'ggw'],
    schema: gatewaySchema,
  },
  {
    kind: 'RouteOption',
    ...gatewayGroup,
    plural: 'routeoptions',
    singular: 'routeoption',
    shortNames: ['rto', 'rtopts', 'grto'],
    schema: routeOptionSchema,
  },
  {
    kind: 'VirtualHostOption',
    ...gatewayGroup,
    plural: 'virtualhostoptions',
    singular: 'virtualhostoption',
    shortNames: ['vhopts'],
    schema: virtualHostOptionSchema,
  },
  {
    kind: 'Upstream',
    ...glooGroup,
    plural: 'upstreams',
    singular: 'upstream',
    shortNames: ['us', 'gus'],
    schema: upstreamSchema,
  },
  {
    kind: 'UpstreamGroup',
    ...glooGroup,
    plural: 'upstreamgroups',
    singular: 'upstreamgroup',
    shortNames: ['ug'],
    schema: upstreamGroupSchema,
  },
  {
    kind: 'Settings',
    ...glooGroup,
    plural: 'settings',
    singular: 'settings',
    shortNames: ['st', 'gst'],
    schema: settingsSchema,
  },
] as const satisfies readonly KindDefinition[];

/** Kinds of Kubernetes itself that manifests refer to. */
export const coreKinds = [
  { kind: 'Secret', group: '', version: 'v1', plural: 'secrets' },
  { kind: 'Service', group: '', version: 'v1', plural: 'services' },
  { kind: 'EndpointSlice', group: 'discovery.k8s.io', version: 'v1', plural: 'endpointslices' },
  { kind: 'Pod', group: '', version: 'v1', plural: 'pods' },
] as const;

export type OwnKind = (typeof kinds)[number]['kind'];
export type CoreKind = (typeof coreKinds)[number]['kind'];
export type Kind = OwnKind | CoreKind;
