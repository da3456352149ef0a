import { createLogger } from '../../src/base/log.ts';
import type { Outcome, ResourceRef } from '../../src/ir/outcome.ts';
import { KubeApiError } from '../../src/kube/kube-api-error.ts';
import type { KubeRequest } from '../../src/kube/kube-client.ts';
import { createObservedRegistry } from '../../src/kube/observed-registry.ts';
import { createStatusWriter } from '../../src/kube/status-writer.ts';
import { createFakeClock } from './fake-clock.ts';
import { createFakeKubeApi } from './fake-kube-api.ts';
import { createOutcome } from './kube-outcome.ts';

/** Path of the discovery document. */
export const group = '/apis/gateway.solo.io/v1';

/** Path of a VirtualService. */
export function pathOf(name: string, namespace = 'team'): string {
  return `${group}/namespaces/${namespace}/virtualservices/${name}`;
}

/** A status writer over an API server in memory, with VirtualServices of these names. */
export function createStatusWriterRig(
  names: readonly string[] = ['a'],
  { subresource = true } = {},
) {
  const api = createFakeKubeApi();
  const clock = createFakeClock();
  const observed = createObservedRegistry();
  const lines: Record<string, unknown>[] = [];
  const logger = createLogger('info', { write: (line) => void lines.push(JSON.parse(line)) });
  const resources = subresource
    ? ['virtualservices', 'virtualservices/status', 'routetables', 'routetables/status']
    : ['virtualservices', 'routetables'];
  api.discovery.set(group, resources);
  let leads = true;
  let outcomes: readonly Outcome[] = [];
  const watch = (ref: ResourceRef, path: string) => {
    const object = api.get(path);
    if (object === undefined) observed.gone(ref);
    else observed.watched(ref, object);
  };
  const create = (name: string, metadata = {}) => {
    api.put(pathOf(name), { metadata: { generation: 3, ...metadata }, spec: {} });
    watch(createOutcome({ name }).ref, pathOf(name));
  };
  for (const name of names) create(name);
  const start = () =>
    createStatusWriter({
      client: api.client,
      observed,
      outcomes: () => outcomes,
      isLeader: () => leads,
      namespace: 'gate',
      clock,
      logger,
      random: () => 0,
    });
  const writes = () =>
    api.requests.filter(({ method, path }) => method === 'PATCH' && !path.includes('/events/'));
  return {
    api,
    clock,
    observed,
    lines,
    create,
    start,
    writer: start(),
    writes,
    watch,
    status: (name = 'a') => api.get(pathOf(name))?.['status'] as Record<string, unknown>,
    setLeader: (value: boolean) => (leads = value),
    setOutcomes: (value: readonly Outcome[]) => (outcomes = value),
  };
}

/** Refuses the first writes of statuses. */
export function failFor(count: number, status: number, retryAfterMs?: number) {
  let left = count;
  return ({ method, path }: KubeRequest) => {
    if (method !== 'PATCH' || path.includes('/events')) return;
    left -= 1;
    if (left >= 0) throw new KubeApiError(status, 'refused', { retryAfterMs });
  };
}

/** Names of forty resources. */
export const manyNames = Array.from({ length: 40 }, (_, index) => `n${index}`);
