import type { Static, TSchema } from 'typebox';
import { Type } from '../base/json-type.ts';
import { localAddresses } from '../base/local-addresses.ts';
import { logLevels } from '../base/log.ts';

const port = { minimum: 0, maximum: 65_535 };

/** A label of DNS, which is what Kubernetes takes for a namespace. */
const namespacePattern = '^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$';

/** Settings of the process itself, from which flags, environment variables and their reference page are made. */
const processSettings = Type.Object({
  files: Type.Array(Type.String({ minLength: 1 }), {
    minItems: 1,
    takes: 'the path of a folder or a file',
    description:
      'Folders and files of manifests (.yaml, .yml, .json) to serve and to watch. May be given several times and with several values. Either this or `--kube`.',
  }),
  kube: Type.Boolean({
    default: false,
    description:
      'Serve the resources of a Kubernetes cluster instead of files, and write their status. Without further flags: of the cluster whose pod this is, or of the kubeconfig as kubectl finds it.',
  }),
  kubeconfig: Type.Optional(
    Type.String({
      minLength: 1,
      onlyWithKube: true,
      description: 'Kubeconfig to reach the cluster by, for `--kube`.',
    }),
  ),
  context: Type.Optional(
    Type.String({
      minLength: 1,
      onlyWithKube: true,
      description: 'Context of the kubeconfig, for `--kube`. Without it: its current context.',
    }),
  ),
  watchNamespaces: Type.Optional(
    Type.Array(Type.String({ pattern: namespacePattern }), {
      minItems: 1,
      onlyWithKube: true,
      takes: 'names of namespaces, separated by commas',
      description:
        'Namespaces whose resources are served, for `--kube`. Without it: all. Gateways and Settings count in `--namespace` alone, so that no tenant can change what holds for everybody.',
    }),
  ),
  namespace: Type.Optional(
    Type.String({
      pattern: namespacePattern,
      takes: 'the name of a namespace',
      description:
        "Namespace of manifests that name none; without it: `default`. With `--kube` the gateway's own namespace: its Gateways, Settings, Lease and kept versions are there; without it: that of the service account or of the context, else `seekgate-system`.",
    }),
  ),
  httpPort: Type.Optional(
    Type.Integer({
      ...port,
      description:
        'Port for plain HTTP; of several plain Gateways, for the oldest. Without it: the bindPort of the Gateway manifests, or 8080 when there are none. 0 lets the system choose.',
    }),
  ),
  httpsPort: Type.Optional(
    Type.Integer({
      ...port,
      description:
        'Port for HTTPS; of several Gateways with TLS, for the oldest. Without it: the bindPort of the Gateway manifests, or 8443 when there are none. 0 lets the system choose.',
    }),
  ),
  bind: Type.String({
    minLength: 1,
    default: '::',
    description:
      'Address on which requests are taken. `::` is every address, IPv4 included, as in Gloo; where there is no IPv6 it becomes `0.0.0.0`. `127.0.0.1` keeps the gateway to this machine.',
  }),
  adminPort: Type.Integer({
    ...port,
    default: 9901,
    description: 'Port of the admin listener: health, metrics, config dump.',
  }),
  adminBind: Type.String({
    minLength: 1,
    default: '127.0.0.1',
    description:
      'Address of the admin listener. It asks for no credentials: open it only to a network that may read everything but secrets.',
  }),
  logLevel: Type.Union(
    logLevels.map((level) => Type.Literal(level)),
    { default: 'info', description: 'Least severe level that is logged.' },
  ),
  accessLog: Type.Boolean({
    default: true,
    description: 'One line per request in the log.',
  }),
  allowLocalUpstreams: Type.Union(
    localAddresses.map((scope) => Type.Literal(scope)),
    {
      default: 'loopback',
      kubeDefault: 'off',
      description:
        'Local addresses that upstreams and key sets may be on: `loopback` is this machine, `on` adds link-local and metadata addresses, `off` is none. Turn it off where manifests come from people who must not reach what listens there.',
    },
  ),
  allowExternalName: Type.Boolean({
    default: false,
    description:
      'Take Services of type ExternalName as upstreams: one endpoint, their external name. Whoever may write Services can then have the gateway connect to any host, within what `--allow-local-upstreams` says.',
  }),
  jwksStaleSeconds: Type.Integer({
    minimum: 0,
    maximum: 31_536_000,
    default: 86_400,
    description: 'How long keys that were fetched go on verifying while their server fails.',
  }),
  prices: Type.Optional(
    Type.String({
      minLength: 1,
      takes: 'the path of a file',
      description:
        'File of prices of tokens, read at the start; they come before those of the program, `prices.yaml`.',
    }),
  ),
  otlpEndpoint: Type.Optional(
    Type.String({
      minLength: 1,
      takes: 'a URL',
      description:
        'Where metrics of models and traces of requests are sent by OTLP over HTTP, below `/v1/metrics` and `/v1/traces`. Without it: `OTEL_EXPORTER_OTLP_ENDPOINT`, or nothing is sent.',
    }),
  ),
  drainAcceptSeconds: Type.Integer({
    minimum: 0,
    maximum: 3_600,
    default: 0,
    kubeDefault: 5,
    description:
      'How long requests are still taken once the process is asked to stop, and `/readyz` says no already: the time that load balancers need to hear of it.',
  }),
  drainSeconds: Type.Integer({
    minimum: 0,
    maximum: 3_600,
    default: 10,
    description: 'How long requests under way may take to end after that.',
  }),
});

export type ProcessSettings = Static<typeof processSettings>;

export type SettingName = keyof ProcessSettings;

/** `httpPort` → `--http-port`. */
export function flagOf(name: string): string {
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** `httpPort` → `SEEKGATE_HTTP_PORT`. */
export function variableOf(name: string): string {
  return `SEEKGATE_${name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

/** What the JSON Schema of a setting may say. */
export interface SettingSchema extends TSchema {
  readonly description?: string;
  readonly default?: string | number | boolean;
  readonly type?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly anyOf?: readonly { readonly const: string }[];
  /** The default where `--kube` is on, when it is another one there. */
  readonly kubeDefault?: string | number;
  /** It says something about the cluster: without `--kube` it is a mistake. */
  readonly onlyWithKube?: boolean;
  /** In words, where type and bounds do not say it. */
  readonly takes?: string;
}

/** Every setting with its schema, in the order of the reference. */
export const settingSchemas: ReadonlyMap<SettingName, SettingSchema> = new Map(
  Object.entries<SettingSchema>(processSettings.properties) as [SettingName, SettingSchema][],
);

/** What a setting takes, in words; for usage errors and the reference. */
export function acceptedBy({ takes, type, minimum, maximum, anyOf }: SettingSchema): string {
  if (takes !== undefined) return takes;
  if (type === 'integer') return `a whole number from ${minimum} to ${maximum}`;
  if (anyOf !== undefined) return anyOf.map((one) => one.const).join(', ');
  return type === 'boolean' ? 'on or off' : 'a text that is not empty';
}
