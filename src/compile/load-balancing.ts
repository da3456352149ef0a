import { fallbackPolicies, type LoadBalancerSpec, type SubsetSpec } from '../api/load-balancer.ts';
import type { Balancer, Subsets } from '../ir/balancer.ts';
import type { Cluster, Endpoint } from '../ir/cluster.ts';
import { enumName } from './enum-name.ts';
import type { Findings } from './findings.ts';

const defaultChoices = 2;
/** Chance picks no better among more. */
const mostChoices = 64;
const defaultRing = { minimumSize: 1024, maximumSize: 8_388_608 };
const defaultPanicThreshold = 50;

/** Which balancer, and when health is not looked at. */
export function compileBalancing(
  spec: LoadBalancerSpec = {},
  findings: Findings,
): Pick<Cluster, 'balancer' | 'panicThreshold'> {
  const balancer = compileBalancer(spec);
  if (balancer?.kind === 'ringHash') checkRing(balancer, findings);
  const { healthyPanicThreshold: panicThreshold = defaultPanicThreshold } = spec;
  return {
    ...(balancer ? { balancer } : {}),
    ...(panicThreshold === defaultPanicThreshold ? {} : { panicThreshold }),
  };
}

function checkRing(
  { minimumSize, maximumSize }: { readonly minimumSize: number; readonly maximumSize: number },
  findings: Findings,
): void {
  if (minimumSize <= maximumSize) return;
  findings.error({
    reason: 'InvalidUpstream',
    path: 'spec.loadBalancerConfig.ringHash.ringHashConfig',
    what: 'there is no such ring',
    found: `at least ${minimumSize} and at most ${maximumSize} points`,
    accepted: 'a minimumRingSize up to the maximumRingSize',
  });
}

function compileBalancer(spec: LoadBalancerSpec): Balancer | undefined {
  if (spec.leastRequest) {
    const { choiceCount } = spec.leastRequest;
    return {
      kind: 'leastRequest',
      choiceCount: Math.min(Math.max(choiceCount ?? 0, defaultChoices), mostChoices),
    };
  }
  if (spec.random) return { kind: 'random' };
  if (spec.maglev) return { kind: 'maglev' };
  if (!spec.ringHash) return undefined;
  // Zero is protobuf's "not set".
  const { minimumRingSize, maximumRingSize } = spec.ringHash.ringHashConfig ?? {};
  return {
    kind: 'ringHash',
    minimumSize: minimumRingSize || defaultRing.minimumSize,
    maximumSize: maximumRingSize || defaultRing.maximumSize,
  };
}

/** Which subsets there are. */
export function compileSubsets(spec: SubsetSpec): Subsets {
  const fallback = enumName(spec.fallbackPolicy, fallbackPolicies);
  return {
    selectors: (spec.selectors ?? []).map(({ keys = [], singleHostPerSubset = false }) => ({
      keys,
      single: singleHostPerSubset,
    })),
    fallback:
      fallback === 'NO_FALLBACK' ? 'none' : fallback === 'DEFAULT_SUBSET' ? 'default' : 'any',
    ...(spec.defaultSubset ? { defaultLabels: spec.defaultSubset.values ?? {} } : {}),
  };
}

/** Of a static host: what Envoy's load balancer would read of its metadata. */
export function hostLabels(
  metadata: Readonly<Record<string, unknown>> | undefined,
): Pick<Endpoint, 'labels'> {
  const written = metadata?.['envoy.lb'];
  if (typeof written !== 'object' || written === null) return {};
  const labels = Object.entries(written).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value] as const] : [],
  );
  return labels.length > 0 ? { labels: Object.fromEntries(labels) } : {};
}
