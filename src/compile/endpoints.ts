import type { Destination } from '../api/route.ts';
import { want } from './context.ts';
import { shown, type Findings } from './findings.ts';
import type { At } from './host-plan.ts';
import type { HostScope } from './providers.ts';
import type { SecretUse } from './secrets.ts';
import {
  serviceClusterName,
  type ServiceFault,
  type ServicePort,
  type ServiceTarget,
} from './service-target.ts';

/** What a port of a Service leads to, undefined where it is one too many; a finding says why there are no endpoints. */
export function upstreamTarget(
  service: ServicePort,
  { context, namespace, findings, path }: SecretUse,
): ServiceTarget | undefined {
  if (!wantService({ value: service, path }, { context, namespace, findings })) return undefined;
  const target = context.serviceTargets.get(service);
  warn(target?.fault, path, findings);
  return target;
}

type KubeDestination = NonNullable<Destination['kube']>;

/** Names the cluster of a Service that a route names directly, and has the table get it. */
export function serviceCluster({ value, path }: At<KubeDestination>, scope: HostScope): string {
  const { context, namespace, findings } = scope;
  const service = {
    name: value.ref.name,
    namespace: value.ref.namespace ?? namespace,
    port: value.port,
  };
  const name = serviceClusterName(service);
  if (!wantService({ value: service, path }, scope)) return nobody;
  // Only the fault is looked at: endpoints come and go without anything to compile for the route.
  warn(context.serviceFaults.get(service), path, findings);
  context.namedServices.set(name, service);
  return name;
}

/** There is no cluster of that name: a request there gets 503. */
const nobody = '';

/** Whether it may be looked up. */
function wantService(
  { value: { namespace, name }, path }: At<ServicePort>,
  scope: Pick<HostScope, 'context' | 'namespace' | 'findings' | 'origin'>,
): boolean {
  const ref = { kind: 'Service', namespace, name };
  const accepted = want(scope.context, { namespace: scope.namespace, ref }, scope.origin?.ref);
  if (accepted === undefined) return true;
  scope.findings.warn({
    reason: 'ServiceNotFound',
    path,
    what: 'requests get 503',
    found: `${shown(`${namespace}.${name}`)}, which is one too many and not looked for`,
    accepted,
  });
  return false;
}

/** Every resource that names the Service has to hear of its faults. */
function warn(fault: string | undefined, path: string, findings: Findings): void {
  if (fault !== undefined) findings.warn({ ...(JSON.parse(fault) as ServiceFault), path });
}
