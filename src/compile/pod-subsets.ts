import type { SubsetSpec } from '../api/load-balancer.ts';
import { refKey } from '../api/resource.ts';
import type { Labels, Subsets } from '../ir/balancer.ts';
import type { Endpoint } from '../ir/cluster.ts';
import { want } from './context.ts';
import { shown, type Note } from './findings.ts';
import { compileSubsets } from './load-balancing.ts';
import type { SecretUse } from './secrets.ts';
import type { ServicePort, ServiceTarget } from './service-target.ts';

/** A port of a Service, and what it leads to where that may be looked up. */
export interface DividedService {
  readonly service: ServicePort;
  readonly target: ServiceTarget | undefined;
}

/** Endpoints with labels by which they can be chosen. */
interface Divided {
  readonly subsets: Subsets;
  readonly endpoints: readonly Endpoint[];
}

/** Subsets of a Service by the labels of its pods; a finding says why no endpoint has any. */
export function podSubsets(
  spec: SubsetSpec,
  { service, target }: DividedService,
  use: SecretUse,
): Divided {
  const subsets = compileSubsets(spec);
  // What is missing has been told.
  if (target?.selector === undefined)
    return { subsets, endpoints: target?.cluster.endpoints ?? [] };
  const { namespace, name } = service;
  const { selector, pods, cluster } = target;
  const unasked = wantPods({ kind: 'Pod', namespace, name, selector }, use);
  const { podLabels } = use.context;
  const known = (endpoint: Endpoint): Labels | undefined => {
    const pod = pods.get(endpoint);
    return pod === undefined || unasked !== undefined ? undefined : podLabels.get(pod);
  };
  const fault = unasked ?? unseen({ service, target }, use, cluster.endpoints.some(known));
  if (fault) use.findings.warn({ ...fault, what: whatOf(subsets), path: 'spec.kube.subsetSpec' });
  const names = namesOf(subsets);
  const endpoints = cluster.endpoints.map((endpoint) => {
    const labels = pick(known(endpoint) ?? {}, names);
    return Object.keys(labels).length > 0 ? { ...endpoint, labels } : endpoint;
  });
  return { subsets, endpoints };
}

type Fault = Pick<Note, 'reason' | 'found' | 'accepted'>;

interface Pods {
  readonly kind: 'Pod';
  readonly namespace: string;
  /** Of the Service. */
  readonly name: string;
  readonly selector: string;
}

function wantPods(ref: Pods, { context, namespace }: SecretUse): Fault | undefined {
  const title = shown(`${ref.namespace}.${ref.name}`);
  if (ref.selector === '') {
    return {
      reason: 'InvalidUpstream',
      found: `Service ${title}, which has no selector`,
      accepted: 'a Service with a selector, by which its pods are looked up',
    };
  }
  const accepted = want(context, { namespace, ref });
  if (accepted === undefined) return undefined;
  return {
    reason: 'InvalidUpstream',
    found: `the pods of ${title}, which are one too many and not looked for`,
    accepted,
  };
}

function unseen(
  { service: { namespace, name }, target }: DividedService,
  { context }: SecretUse,
  isKnown: boolean,
): Fault | undefined {
  if (isKnown) return undefined;
  if (context.withheld.get(refKey({ kind: 'Pod', namespace, name })) !== undefined) {
    return {
      reason: 'KindForbidden',
      found: `no pod of ${namespace}.${name} that the gateway may read`,
      accepted: 'the right to list and watch pods there',
    };
  }
  // Without endpoints there is another finding already.
  if (!target || target.cluster.endpoints.length === 0) return undefined;
  return {
    reason: 'ReferenceNotFound',
    found: `no pod with labels behind an endpoint of ${namespace}.${name}`,
    accepted: 'an EndpointSlice whose targetRefs name pods of the Service',
  };
}

const fallbackTexts: Readonly<Record<Subsets['fallback'], string>> = {
  any: `the fallbackPolicy is ANY_ENDPOINT, so requests go to all of them`,
  default: 'the fallbackPolicy is DEFAULT_SUBSET, which has none then',
  none: 'the fallbackPolicy is NO_FALLBACK, so requests get 503',
};

function whatOf({ fallback }: Subsets): string {
  return `no endpoint has labels; ${fallbackTexts[fallback]}`;
}

/** Labels that something is chosen by: whatever else pods have comes and goes, and changes nothing. */
function namesOf({ selectors, defaultLabels = {} }: Subsets): readonly string[] {
  return [...new Set([...selectors.flatMap(({ keys }) => keys), ...Object.keys(defaultLabels)])];
}

function pick(labels: Labels, names: readonly string[]): Labels {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = Object.hasOwn(labels, name) ? labels[name] : undefined;
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}
