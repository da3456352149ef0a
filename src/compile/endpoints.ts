import type { EndpointSliceBody, ServiceBody } from '../api/resource.ts';
import type { Destination } from '../api/route.ts';
import type { Endpoint } from '../ir/cluster.ts';
import { defaultConnections } from './cluster-defaults.ts';
import { want } from './context.ts';
import { resourceKey } from './core-kinds.ts';
import { shown } from './findings.ts';
import type { At } from './host-plan.ts';
import { isForbiddenHost } from './local-hosts.ts';
import type { HostScope } from './providers.ts';
import type { SecretUse } from './secrets.ts';

interface ServicePort {
  readonly name: string;
  readonly namespace: string;
  readonly port: number;
}

/** Ready endpoints of a port of a Service; a finding says why there are none. */
export function serviceEndpoints(service: ServicePort, use: SecretUse): readonly Endpoint[] {
  const port = findPort(service, use);
  if (!port) return [];
  const slices = use.context.endpointSlices.get(resourceKey(service));
  const ready = readyEndpoints(slices, port.name ?? '');
  if (ready.length > 0) return withoutLocal(ready, use);
  use.findings.warn({
    reason: 'NoEndpoints',
    path: use.path,
    what: 'requests get 503',
    found: `no ready endpoint of ${service.namespace}.${service.name}:${service.port}`,
    accepted: 'an EndpointSlice with ready endpoints',
  });
  return [];
}

type Port = NonNullable<ServiceBody['spec']['ports']>[number];

function findPort(service: ServicePort, { context, findings, path }: SecretUse): Port | undefined {
  const { namespace, name } = service;
  want(context, { kind: 'Service', namespace, name });
  const found = context.services.get(resourceKey(service));
  const title = shown(`${service.namespace}.${service.name}`);
  const port = found?.spec.ports?.find((one) => one.port === service.port);
  if (found?.spec.type === 'ExternalName') {
    findings.warn({
      reason: 'ForbiddenAddress',
      path,
      what: 'an ExternalName Service could point anywhere, requests get 503',
      found: title,
      accepted: 'a Service with endpoints, or a static Upstream',
    });
    return undefined;
  }
  if (!port) {
    findings.warn({
      reason: 'ServiceNotFound',
      path,
      what: 'requests get 503',
      found: found ? `no port ${service.port} in Service ${title}` : `no Service ${title}`,
      accepted: found ? portsOf(found) : 'the name of a Service',
    });
  }
  return port;
}

/** The API server lets no slice hold such an address, a folder of manifests could. */
function withoutLocal(
  endpoints: readonly Endpoint[],
  { context, findings, path }: SecretUse,
): readonly Endpoint[] {
  const { allowLocalUpstreams } = context.options;
  const allowed = endpoints.filter(({ host }) => !isForbiddenHost(host, allowLocalUpstreams));
  const count = endpoints.length - allowed.length;
  if (count > 0) {
    findings.warn({
      reason: 'ForbiddenAddress',
      path,
      what: 'loopback and link-local addresses are not for backends',
      found: `${count} of them among the endpoints`,
      accepted: 'other addresses, or the flag --allow-local-upstreams',
    });
  }
  return allowed;
}

function portsOf({ spec }: ServiceBody): string {
  return `one of its ports: ${(spec.ports ?? []).map(({ port }) => port).join(', ') || 'none'}`;
}

/** An endpoint may be in two slices while Kubernetes moves it from one to the other. */
function readyEndpoints(
  slices: readonly EndpointSliceBody[] | undefined,
  portName: string,
): readonly Endpoint[] {
  const found = (slices ?? []).flatMap((slice) => endpointsOf(slice, portName));
  return [...new Map(found.map((one) => [`${one.host} ${one.port}`, one])).values()];
}

function endpointsOf(slice: EndpointSliceBody, portName: string): readonly Endpoint[] {
  const port = slice.ports?.find((one) => (one.name ?? '') === portName)?.port;
  if (port === undefined || slice.addressType === 'FQDN') return [];
  return (
    (slice.endpoints ?? [])
      // Kubernetes: an unknown state counts as ready.
      .filter(({ conditions }) => conditions?.ready !== false)
      .flatMap(({ addresses }) => addresses.slice(0, 1).map((host) => ({ host, port, weight: 1 })))
  );
}

type KubeDestination = NonNullable<Destination['kube']>;

/** Makes the cluster of a Service that a route names directly, once, and returns its name. */
export function serviceCluster({ value, path }: At<KubeDestination>, scope: HostScope): string {
  const { context, namespace, findings } = scope;
  const service = {
    name: value.ref.name,
    namespace: value.ref.namespace ?? namespace,
    port: value.port,
  };
  const name = `kube-svc:${service.namespace}-${service.name}-${service.port}_${service.namespace}`;
  // Not from what is there already: every resource that names the Service has to hear of its faults.
  const endpoints = serviceEndpoints(service, { context, namespace, findings, path });
  if (!context.clusters.has(name))
    context.clusters.set(name, { name, endpoints, ...defaultConnections });
  return name;
}
