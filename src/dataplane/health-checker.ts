import type { HealthCheck } from '../ir/health.ts';
import type { EndpointHealth, HealthBoard, Watch, WatchParts } from './endpoint-health.ts';

/** `refused`: it answered, but with a status that is not wanted, which counts at once. */
export type ProbeResult = 'passed' | 'failed' | 'refused';

/** Asks an endpoint once; an abort is the end of its time. */
export interface Probe {
  readonly ask: (signal: AbortSignal) => Promise<ProbeResult>;
  readonly close: () => void;
}

/** What is checked. */
export interface CheckedEndpoint {
  readonly health: EndpointHealth;
  readonly probe: Probe;
}

/** Checks one endpoint again and again until it is stopped; one that was checked before is not asked at once. */
export function startHealthChecker(
  check: HealthCheck,
  { health, probe }: CheckedEndpoint,
  board: HealthBoard,
  parts: WatchParts,
): Watch {
  const { clock, random } = parts;
  const abort = new AbortController();
  let cancel = (): void => {};
  let fresh = health.checkedAtMs === undefined;
  const jittered = (ms: number, jitterMs: number): number =>
    jitterMs === 0 ? ms : ms + random() * jitterMs;
  const schedule = (ms: number): void => {
    if (!abort.signal.aborted) cancel = clock.after(ms, () => void run());
  };
  const run = async (): Promise<void> => {
    const result = await askInTime(probe, check.timeoutMs, { clock, stopped: abort.signal });
    if (abort.signal.aborted) return;
    health.checkedAtMs = clock.monotonic();
    const turned = apply(check, health, { result, fresh });
    fresh = false;
    const next = intervalOf(check, { isUsed: board.used, passing: health.passing, turned });
    schedule(jittered(next, check.intervals.jitterMs));
  };
  if (fresh) schedule(jittered(0, check.intervals.initialJitterMs));
  else schedule(remaining(check, health, { board, nowMs: clock.monotonic() }));
  return {
    stop: () => {
      abort.abort();
      cancel();
      probe.close();
    },
  };
}

/** Of the interval that was running when the former version of the cluster was in force. */
function remaining(
  check: HealthCheck,
  { checkedAtMs = 0, passing }: EndpointHealth,
  { board, nowMs }: { readonly board: HealthBoard; readonly nowMs: number },
): number {
  const interval = intervalOf(check, { isUsed: board.used, passing, turned: false });
  return Math.max(0, checkedAtMs + interval - nowMs);
}

async function askInTime(
  probe: Probe,
  timeoutMs: number,
  { clock, stopped }: Pick<WatchParts, 'clock'> & { readonly stopped: AbortSignal },
): Promise<ProbeResult> {
  const late = new AbortController();
  const cancel = clock.after(timeoutMs, () => late.abort());
  const signal = AbortSignal.any([late.signal, stopped]);
  // A probe that does not heed the signal must not hold up the next check.
  const ended = new Promise<ProbeResult>((resolve) => {
    signal.addEventListener('abort', () => resolve('failed'), { once: true });
  });
  try {
    return await Promise.race([probe.ask(signal), ended]);
  } catch {
    return 'failed';
  } finally {
    cancel();
  }
}

/** Gives whether the state of the endpoint has changed by the result. */
function apply(
  { unhealthyThreshold, healthyThreshold }: HealthCheck,
  health: EndpointHealth,
  { result, fresh }: { readonly result: ProbeResult; readonly fresh: boolean },
): boolean {
  const passed = result === 'passed';
  // Envoy: a good check ends an ejection.
  if (passed && health.ejected) health.ejected = false;
  if (health.passing === passed) {
    health.contradictions = 0;
    return false;
  }
  health.contradictions += 1;
  const threshold = passed ? healthyThreshold : unhealthyThreshold;
  const counts = fresh || result === 'refused' || health.contradictions >= threshold;
  if (!counts) return false;
  health.contradictions = 0;
  health.passing = passed;
  return true;
}

function intervalOf(
  { intervals }: HealthCheck,
  {
    isUsed,
    passing,
    turned,
  }: { readonly isUsed: boolean; readonly passing: boolean | undefined; readonly turned: boolean },
): number {
  if (!isUsed) return intervals.noTrafficMs;
  if (passing === true) return turned ? intervals.healthyEdgeMs : intervals.usualMs;
  return turned ? intervals.unhealthyEdgeMs : intervals.unhealthyMs;
}
