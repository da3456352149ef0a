import type { ShadowingSpec } from '../api/shadowing.ts';
import type { Shadow } from '../ir/table.ts';
import { clusterName } from './cluster-defaults.ts';
import { shown } from './findings.ts';
import type { At } from './host-plan.ts';
import type { HostScope } from './providers.ts';

/** Compiles where copies of requests go; undefined: nowhere. What is wrong with it never hurts the requests themselves. */
export function compileShadow(
  { value, path }: At<ShadowingSpec>,
  scope: HostScope,
): Shadow | undefined {
  const { upstream, percentage = 0 } = value;
  const { namespace = scope.namespace, name } = upstream;
  const target = { name, namespace: namespace === '' ? scope.namespace : namespace };
  const cluster = clusterName(target);
  const known = scope.context.backends.get(cluster);
  const title = `${target.namespace}.${name}`;
  if (!known) {
    scope.findings.warn({
      reason: 'UpstreamNotFound',
      path: `${path}.upstream`,
      what: 'requests are not copied',
      found: `no Upstream ${shown(title)}`,
      accepted: 'the name of an Upstream',
      gloo: `Route Warning: InvalidDestinationWarning. Reason: *v1.Upstream { ${title} } not found`,
    });
    return undefined;
  }
  if (known.isModel) {
    scope.findings.warn({
      reason: 'Unsupported',
      path: `${path}.upstream`,
      what: 'requests are not copied to model servers, which are paid for',
      found: shown(title),
      accepted: 'an Upstream with hosts or a Service',
    });
    return undefined;
  }
  return percentage > 0 ? { cluster, percent: percentage } : undefined;
}
