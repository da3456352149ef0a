import type { Cluster } from '../ir/cluster.ts';
import type { PreparedBackend } from '../llm/backend.ts';
import { tellsQueueDepth } from '../llm/queue-depth.ts';
import type { EndpointState, HealthBoard, Watch, WatchParts } from './endpoint-health.ts';
import type { EndpointPool } from './endpoint-pool.ts';
import { startHealthChecker } from './health-checker.ts';
import { createHealthProbe } from './health-probe.ts';
import { startOutlierDetector } from './outlier-detector.ts';
import { createQueueProbe } from './queue-probe.ts';
import { startQueueWatch } from './queue-watch.ts';

/** Whether anybody has to know how the endpoints of a cluster are. */
export function isWatched({ healthCheck, outlierDetection }: Cluster): boolean {
  return healthCheck !== undefined || outlierDetection !== undefined;
}

/** Starts what the cluster asks for: active checks, and the watch of answers. */
export function watchEndpoints(
  { healthCheck, outlierDetection }: Cluster,
  endpoints: readonly EndpointPool[],
  board: HealthBoard,
  parts: WatchParts,
): Watch {
  board.keep(new Set(endpoints.map(({ label }) => label)));
  const known = endpoints.flatMap(({ health }) => health ?? []);
  const watches: Watch[] = [];
  if (healthCheck !== undefined) {
    for (const pool of endpoints) {
      if (pool.health === undefined) continue;
      const checked = { health: pool.health, probe: createHealthProbe(healthCheck, pool) };
      watches.push(startHealthChecker(healthCheck, checked, board, parts));
    }
  }
  if (outlierDetection === undefined) for (const health of known) health.ejected = false;
  else watches.push(startOutlierDetector(outlierDetection, known, board, parts));
  return {
    stop: () => {
      for (const watch of watches) watch.stop();
    },
  };
}

/** Starts to read the queues of model servers that tell how many requests wait there. */
export function watchQueues(
  backend: PreparedBackend | undefined,
  endpoints: readonly EndpointPool[],
  parts: WatchParts,
): readonly Watch[] {
  const { engine } = backend?.settings ?? {};
  if (backend === undefined || !tellsQueueDepth(engine)) return [];
  return endpoints.flatMap((pool) => {
    const { queue } = pool;
    if (queue === undefined) return [];
    const probe = createQueueProbe(engine, backend, pool);
    const peers = endpoints.length;
    return [startQueueWatch({ queue, active: () => pool.active, probe, peers }, parts)];
  });
}

/** How many endpoints are in which state. */
export function endpointStates(
  { healthCheck }: Cluster,
  endpoints: readonly EndpointPool[],
): ReadonlyMap<EndpointState, number> {
  const counts = new Map<EndpointState, number>();
  for (const { health } of endpoints) {
    const state = health?.state(healthCheck !== undefined) ?? 'healthy';
    counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  return counts;
}
