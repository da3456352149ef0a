import type { EndpointSliceBody, Resource } from '../api/resource.ts';
import type { Destination } from '../api/route.ts';
import type { Endpoint } from '../ir/cluster.ts';
import { defaultConnections } from './cluster-defaults.ts';
import type { CompileContext } from './context.ts';
import { shown } from './findings.ts';
import type { At } from './host-plan.ts';
import type { HostScope } from './providers.ts';
import type { SecretUse } from './secrets.ts';

interface ServicePort {
  readonly name: string;
  readonly namespace: string;
  readonly port: number;
}

/** Ready endpoints of a port of a Service; a finding says why there are none. */
export function serviceEndpoints(service: ServicePort, use: SecretUse): readonly Endpoint[] {
  const { context, findings, path } = use;
  const found = context.resources.get('Service', service.namespace, service.name)?.resource;
  const title = `${service.namespace}.${service.name}`;
  const missing = (what: string, accepted: string): readonly Endpoint[] => {
    findings.warn({
      reason: 'ServiceNotFound',
      path,
      what: 'requests get 503',
      found: what,
      accepted,
    });
    return [];
  };
  if (!found) return missing(`no Service ${shown(title)}`, 'the name of a Service');
  if (found.spec.type === 'ExternalName') {
    findings.warn({
      reason: 'ForbiddenAddress',
      path,
      what: 'an ExternalName Service could point anywhere, requests get 503',
      found: title,
      accepted: 'a Service with endpoints, or a static Upstream',
    });
    return [];
  }
  const port = found.spec.ports?.find((one) => one.port === service.port);
  if (!port) return missing(`no port ${service.port} in Service ${shown(title)}`, portsOf(found));
  const endpoints = readyEndpoints(context, service, port.name ?? '');
  if (endpoints.length === 0) {
    findings.warn({
      reason: 'NoEndpoints',
      path,
      what: 'requests get 503',
      found: `no ready endpoint of ${title}:${service.port}`,
      accepted: 'an EndpointSlice with ready endpoints',
    });
  }
  return endpoints;
}

function portsOf({ spec }: Resource<'Service'>): string {
  return `one of its ports: ${(spec.ports ?? []).map(({ port }) => port).join(', ') || 'none'}`;
}

function readyEndpoints(
  context: CompileContext,
  service: ServicePort,
  portName: string,
): readonly Endpoint[] {
  return context.resources.list('EndpointSlice').flatMap(({ ref, resource }) => {
    const owner = resource?.metadata.labels?.['kubernetes.io/service-name'];
    const ours = resource && ref.namespace === service.namespace && owner === service.name;
    return ours ? endpointsOf(resource, portName) : [];
  });
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
