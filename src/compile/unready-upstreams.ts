import type { Ref } from '../api/schema.ts';
import { clusterName } from './cluster-defaults.ts';
import type { At } from './host-plan.ts';
import type { HostScope } from './providers.ts';

type Scope = Pick<HostScope, 'context' | 'namespace' | 'users' | 'findings'>;

/** Notes that an Upstream which is there cannot be used, and says so where it is named; gives whether it had to. */
export function noteUnready(
  { value: target, path }: At<Required<Ref>>,
  consequence: string,
  { context, namespace, users = [], findings }: Scope,
): boolean {
  const fault = context.backendFaults.get(clusterName(target));
  if (fault === undefined) return false;
  // What it lacks is the business of its own namespace.
  const isOwn = [namespace, ...users].every((one) => one === target.namespace);
  const why = isOwn ? `: ${fault}` : ', its status says why';
  findings.warn({
    reason: 'UpstreamNotReady',
    path,
    what: `${consequence}: Upstream ${target.namespace}.${target.name} cannot be used${why}`,
  });
  return true;
}
