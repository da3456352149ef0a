import type { Destination } from '../api/route.ts';
import type { Endpoint } from '../ir/cluster.ts';
import { want, type CompileContext } from './context.ts';
import type { Findings } from './findings.ts';
import type { At } from './host-plan.ts';
import type { HostScope } from './providers.ts';
import type { SecretUse } from './secrets.ts';
import { serviceClusterName, type ServiceFault, type ServicePort } from './service-target.ts';

/** Ready endpoints of a port of a Service; a finding says why there are none. */
export function serviceEndpoints(
  service: ServicePort,
  { context, findings, path }: SecretUse,
): readonly Endpoint[] {
  wantService(service, context);
  const target = context.serviceTargets.get(service);
  warn(target?.fault, path, findings);
  return target?.cluster.endpoints ?? [];
}

type KubeDestination = NonNullable<Destination['kube']>;

/** Names the cluster of a Service that a route names directly, and has the table get it. */
export function serviceCluster(
  { value, path }: At<KubeDestination>,
  { context, namespace, findings }: HostScope,
): string {
  const service = {
    name: value.ref.name,
    namespace: value.ref.namespace ?? namespace,
    port: value.port,
  };
  const name = serviceClusterName(service);
  wantService(service, context);
  // Only the fault is looked at: endpoints come and go without anything to compile for the route.
  warn(context.serviceFaults.get(service), path, findings);
  context.namedServices.set(name, service);
  return name;
}

function wantService({ namespace, name }: ServicePort, context: CompileContext): void {
  want(context, { kind: 'Service', namespace, name });
}

/** Every resource that names the Service has to hear of its faults. */
function warn(fault: string | undefined, path: string, findings: Findings): void {
  if (fault !== undefined) findings.warn({ ...(JSON.parse(fault) as ServiceFault), path });
}
