import type { OutlierDetection } from '../ir/health.ts';
import type {
  AnswerObserver,
  EndpointHealth,
  HealthBoard,
  Watch,
  WatchParts,
} from './endpoint-health.ts';

/** Envoy's bound on how long an endpoint is left out, unless a single time is longer. */
const longestEjectionMs = 300_000;
const gatewayFailures: readonly number[] = [502, 503, 504];

/** Leaves endpoints out that fail, for longer each time, and takes them in again; runs until it is stopped. */
export function startOutlierDetector(
  settings: OutlierDetection,
  endpoints: readonly EndpointHealth[],
  board: HealthBoard,
  parts: WatchParts,
): Watch {
  const detector = new OutlierDetector(settings, endpoints, parts);
  board.observer = detector;
  return {
    stop: () => {
      detector.stop();
      if (board.observer === detector) board.observer = undefined;
    },
  };
}

class OutlierDetector implements AnswerObserver {
  readonly #settings: OutlierDetection;
  readonly #endpoints: readonly EndpointHealth[];
  readonly #parts: WatchParts;
  #cancel: () => void;

  constructor(settings: OutlierDetection, endpoints: readonly EndpointHealth[], parts: WatchParts) {
    this.#settings = settings;
    this.#endpoints = endpoints;
    this.#parts = parts;
    this.#cancel = this.#arm();
  }

  answered(health: EndpointHealth, status: number): void {
    health.requests += 1;
    if (status < 500) {
      health.successes += 1;
      health.consecutive5xx = 0;
      health.consecutiveGatewayFailures = 0;
      return;
    }
    const { consecutive5xx, consecutiveGatewayFailure } = this.#settings;
    if (gatewayFailures.includes(status)) {
      health.consecutiveGatewayFailures += 1;
      if (health.consecutiveGatewayFailures === consecutiveGatewayFailure.count) {
        health.consecutiveGatewayFailures = 0;
        this.#eject(health, consecutiveGatewayFailure.enforcing);
      }
    } else health.consecutiveGatewayFailures = 0;
    health.consecutive5xx += 1;
    if (health.consecutive5xx >= consecutive5xx.count) {
      health.consecutive5xx = 0;
      this.#eject(health, consecutive5xx.enforcing);
    }
  }

  stop(): void {
    this.#cancel();
  }

  #arm(): () => void {
    return this.#parts.clock.after(this.#settings.intervalMs, () => {
      for (const health of this.#endpoints) this.#look(health);
      this.#ejectBySuccess();
      for (const health of this.#endpoints) {
        health.successes = 0;
        health.requests = 0;
      }
      this.#cancel = this.#arm();
    });
  }

  /** Takes it in again when its time is over; one that does well for an interval is left out for less long the next time. */
  #look(health: EndpointHealth): void {
    if (!health.ejected) {
      health.ejections = Math.max(0, health.ejections - 1);
      return;
    }
    const { baseEjectionMs } = this.#settings;
    const longest = Math.max(longestEjectionMs, baseEjectionMs);
    const forMs = Math.min(baseEjectionMs * health.ejections, longest);
    if (this.#parts.clock.monotonic() - health.ejectedAtMs < forMs) return;
    health.consecutive5xx = 0;
    health.consecutiveGatewayFailures = 0;
    health.ejected = false;
  }

  #ejectBySuccess(): void {
    const { enforcing, minimumHosts, requestVolume, stdevFactor } = this.#settings.successRate;
    const judged = this.#endpoints.filter(
      ({ requests, ejected }) => !ejected && requests > 0 && requests >= requestVolume,
    );
    if (judged.length === 0 || judged.length < minimumHosts) return;
    const rates = judged.map(({ successes, requests }) => successes / requests);
    const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
    const variance = rates.reduce((sum, rate) => sum + (rate - mean) ** 2, 0) / rates.length;
    const least = mean - (Math.sqrt(variance) * stdevFactor) / 1000;
    for (const [index, health] of judged.entries()) {
      if ((rates[index] ?? 1) < least) this.#eject(health, enforcing);
    }
  }

  /** Unless that would be too many: also the first one counts (Envoy 1.40). */
  #eject(health: EndpointHealth, enforcing: number): void {
    if (health.ejected) return;
    const ejected = this.#endpoints.filter((one) => one.ejected).length;
    const percent = (100 * (ejected + 1)) / this.#endpoints.length;
    if (percent > this.#settings.maxEjectionPercent) return;
    if (enforcing < 100 && this.#parts.random() * 100 >= enforcing) return;
    health.ejections += 1;
    health.ejectedAtMs = this.#parts.clock.monotonic();
    health.ejected = true;
  }
}
