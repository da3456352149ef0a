import { refKey, type EndpointSliceBody, type ServiceBody } from '../api/resource.ts';
import type { Cluster, Endpoint } from '../ir/cluster.ts';
import { defaultConnections } from './cluster-defaults.ts';
import type { CompileState } from './compile-state.ts';
import { resourceKey } from './core-kinds.ts';
import { shown, type Note } from './findings.ts';
import { hostFault } from './host-names.ts';
import { isForbiddenHost } from './local-hosts.ts';
import { readyEndpoints, type SliceEndpoint } from './slice-endpoints.ts';

/** A port of a Service. */
export interface ServicePort {
  readonly name: string;
  readonly namespace: string;
  readonly port: number;
}

/** What a port of a Service leads to. */
export interface ServiceTarget {
  readonly cluster: Cluster;
  /** Why there are no endpoints, or not all of them, as JSON of a {@link ServiceFault}. */
  readonly fault: string | undefined;
  /** Of endpoints that are of a pod, its `resourceKey`. */
  readonly pods: ReadonlyMap<Endpoint, string>;
  /** What its pods are found by, as the API server takes it; empty: nothing, undefined: there is no such Service. */
  readonly selector: string | undefined;
}

/** What whoever names the Service has to hear of it. */
export type ServiceFault = Omit<Note, 'path'>;

/** A target, and what it was made of. */
export interface KnownTarget {
  readonly target: ServiceTarget;
  readonly body: ServiceBody | undefined;
  readonly slices: readonly EndpointSliceBody[];
  /** Which of both may not be read. */
  readonly withheld: Withheld;
}

type Withheld = 'Service' | 'EndpointSlice' | undefined;

/** What a port of a Service leads to: the same object as in the former compile while nothing of it has changed. */
export function serviceTarget(service: ServicePort, state: CompileState): ServiceTarget {
  const { former, next } = state.memory;
  const owner = resourceKey(service);
  const key = `${owner}:${service.port}`;
  const known = next.serviceTargets.get(key);
  if (known) return known.target;
  const body = state.services.get(owner);
  const slices = state.endpointSlices.get(owner) ?? [];
  const from: Sources = { body, slices, withheld: withheldOf(service, state) };
  const last = former.serviceTargets.get(key);
  const target =
    last && isSame(last, from) ? last.target : compileTarget(service, from, state.options);
  next.serviceTargets.set(key, { target, ...from });
  return target;
}

function withheldOf({ namespace, name }: ServicePort, { withheld }: CompileState): Withheld {
  const kinds = ['Service', 'EndpointSlice'] as const;
  return kinds.find((kind) => withheld.get(refKey({ kind, namespace, name })) !== undefined);
}

/** Name of the cluster of a port of a Service, as Gloo's. */
export function serviceClusterName({ name, namespace, port }: ServicePort): string {
  return `kube-svc:${namespace}-${name}-${port}_${namespace}`;
}

/** Of a target, what it is made of. */
type Sources = Omit<KnownTarget, 'target'>;

function isSame(a: Sources, b: Sources): boolean {
  return a.body === b.body && a.withheld === b.withheld && isSameList(a.slices, b.slices);
}

function isSameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((member, index) => member === b[index]);
}

type Options = CompileState['options'];

interface Found {
  readonly endpoints: readonly Endpoint[];
  readonly pods?: ReadonlyMap<Endpoint, string>;
  readonly fault?: ServiceFault;
}

const noPods: ReadonlyMap<Endpoint, string> = new Map();

function compileTarget(service: ServicePort, from: Sources, options: Options): ServiceTarget {
  const { body } = from;
  const {
    endpoints,
    pods = noPods,
    fault,
  } = body?.spec.type === 'ExternalName'
    ? externalEndpoints(service, body, options)
    : sliceEndpoints(service, from, options);
  return {
    cluster: { name: serviceClusterName(service), endpoints, ...defaultConnections },
    fault: fault && JSON.stringify(fault),
    pods,
    selector: body && selectorOf(body),
  };
}

function selectorOf({ spec }: ServiceBody): string {
  const labels = Object.entries(spec.selector ?? {});
  return labels
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join(',');
}

function externalEndpoints(
  service: ServicePort,
  { spec }: ServiceBody,
  { allowExternalName, allowLocalUpstreams }: Options,
): Found {
  if (allowExternalName !== true) {
    const fault: ServiceFault = {
      reason: 'ForbiddenAddress',
      what: 'an ExternalName Service could point anywhere, requests get 503',
      found: shown(`${service.namespace}.${service.name}`),
      accepted: 'a Service with endpoints, or a static Upstream',
    };
    return { endpoints: [], fault };
  }
  const host = spec.externalName ?? '';
  const fault = hostFault(host, allowLocalUpstreams);
  if (fault) return { endpoints: [], fault };
  return { endpoints: [{ host, port: service.port, weight: 1 }] };
}

function sliceEndpoints(
  service: ServicePort,
  { body, slices, withheld }: Sources,
  options: Options,
): Found {
  const port = body?.spec.ports?.find((one) => one.port === service.port);
  if (!port) return { endpoints: [], fault: notFound(service, body, withheld) };
  const { namespace } = service;
  const ready = readyEndpoints(slices, { namespace, portName: port.name ?? '' });
  if (ready.length > 0) return withoutLocal(ready, options);
  if (withheld === 'EndpointSlice') return { endpoints: [], fault: noSlices(service) };
  const fault: ServiceFault = {
    reason: 'NoEndpoints',
    what: 'requests get 503',
    found: `no ready endpoint of ${service.namespace}.${service.name}:${service.port}`,
    accepted: 'an EndpointSlice with ready endpoints',
  };
  return { endpoints: [], fault };
}

function noSlices({ namespace, name }: ServicePort): ServiceFault {
  return {
    reason: 'KindForbidden',
    what: 'requests get 503',
    found: `no endpoint slice of ${namespace}.${name} that the gateway may read`,
    accepted: 'the right to list and watch endpointslices.discovery.k8s.io there',
  };
}

function notFound(
  { namespace, name, port }: ServicePort,
  body: ServiceBody | undefined,
  withheld: Withheld,
): ServiceFault {
  const title = shown(`${namespace}.${name}`);
  if (!body && withheld === 'Service') {
    return {
      reason: 'KindForbidden',
      what: 'requests get 503',
      found: `no Service ${title} that the gateway may read`,
      accepted: 'the name of a Service, and the right to list and watch it',
    };
  }
  return {
    reason: 'ServiceNotFound',
    what: 'requests get 503',
    found: body ? `no port ${port} in Service ${title}` : `no Service ${title}`,
    accepted: body ? portsOf(body) : 'the name of a Service',
  };
}

/** The API server lets no slice hold such an address, a folder of manifests could. */
function withoutLocal(ready: readonly SliceEndpoint[], { allowLocalUpstreams }: Options): Found {
  const allowed = ready.filter(
    ({ endpoint: { host } }) => !isForbiddenHost(host, allowLocalUpstreams),
  );
  const endpoints = allowed.map(({ endpoint }) => endpoint);
  const ofPods = allowed.flatMap(({ endpoint, pod }) =>
    pod === undefined ? [] : [[endpoint, pod] as const],
  );
  const found = { endpoints, ...(ofPods.length > 0 ? { pods: new Map(ofPods) } : {}) };
  const count = ready.length - endpoints.length;
  if (count === 0) return found;
  const fault: ServiceFault = {
    reason: 'ForbiddenAddress',
    what: 'loopback and link-local addresses are not for backends',
    found: `${count} of them among the endpoints`,
    accepted: 'other addresses, or the flag --allow-local-upstreams',
  };
  return { ...found, fault };
}

function portsOf({ spec }: ServiceBody): string {
  return `one of its ports: ${(spec.ports ?? []).map(({ port }) => port).join(', ') || 'none'}`;
}
