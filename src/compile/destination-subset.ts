import type { Destination } from '../api/route.ts';
import type { WeightedCluster } from '../ir/table.ts';
import { shown } from './findings.ts';
import type { At } from './host-plan.ts';
import type { HostScope } from './providers.ts';

/** The labels that a destination asks for, if its Upstream knows such a subset. */
export function compileSubset(
  { value, path }: At<Destination>,
  cluster: string,
  { context, findings }: HostScope,
): Pick<WeightedCluster, 'subset'> {
  const labels = value.subset?.values ?? {};
  const keys = Object.keys(labels).sort();
  if (keys.length === 0) return {};
  const backend = context.backends.get(cluster);
  // What is missing has been told.
  if (!backend && !value.kube) return {};
  const place = { reason: 'InvalidRoute', path: `${path}.subset` } as const;
  if (!backend?.subsets) {
    const gloo = 'route has a subset config, but the upstream does not';
    findings.warn({
      ...place,
      what: 'the Upstream has no subsetSpec, so requests go to all of its endpoints',
      gloo: `Route Warning: InvalidDestinationWarning. Reason: ${gloo}`,
    });
    return {};
  }
  const text = JSON.stringify(keys);
  if (!backend.subsets.some((one) => JSON.stringify(one) === text)) {
    findings.error({
      ...place,
      what: 'the Upstream has no subset by these labels',
      found: shown(keys.join(', ')),
      accepted: backend.subsets.map((one) => one.join(', ')).join('; ') || 'none',
      gloo: 'route has a subset config, but none of the subsets in the upstream match it',
    });
  }
  return { subset: labels };
}
