import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import { AccountKeys } from './account-keys.ts';
import type { AccessLog } from './access-log.ts';
import type { CallContext } from './call.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { ListenerSet, type ListenFailure } from './listener-set.ts';
import type { DataPlaneMetrics } from './metrics.ts';
import type { ModelMeter } from './model-meter.ts';
import type { Program } from './program.ts';
import { createPublished } from './published.ts';
import { createStalls } from './stalls.ts';
import type { Tracing } from './tracing.ts';

/** What a data plane is built from. */
export interface DataPlaneOptions {
  /** Serves until the first {@link DataPlane.swap}; usually of an empty table. */
  readonly program: Program;
  /** Address to listen on; every listener of the table has its own port. */
  readonly address: string;
  readonly logger: Logger;
  /** Absent: no line per request. */
  readonly accessLog?: AccessLog;
  readonly metrics: DataPlaneMetrics;
  /** Counts requests for models. Default: nobody does. */
  readonly models?: ModelMeter;
  /** Default: requests are not traced. */
  readonly tracing?: Tracing | undefined;
  readonly clock: Clock;
  readonly limits?: Partial<Limits>;
  /** 0 to 1, for the jitter of retries. Default Math.random. */
  readonly random?: () => number;
}

/** The embedded data plane. */
export interface DataPlane {
  /**
   * Puts a program in force: from the next request on, all of it or nothing. Then opens and closes ports as its listeners
   * say; resolves when that is done.
   */
  readonly swap: (program: Program) => Promise<readonly ListenFailure[]>;
  /** Port of each open listener by its name. */
  readonly ports: () => Readonly<Record<string, number>>;
  readonly inFlight: () => number;
  /**
   * Serves on for `acceptMs`, each answer the last on its connection; then takes no more connections, lets requests finish
   * for `graceMs` and cuts the rest.
   */
  readonly drain: (times: { readonly acceptMs: number; readonly graceMs: number }) => Promise<void>;
}

/** Builds a data plane; no port is open before the first swap. */
export function createDataPlane(options: DataPlaneOptions): DataPlane {
  const { logger, clock, models, tracing, address, random = Math.random } = options;
  const published = createPublished(options.program);
  const { metrics, inFlight } = countRequests(options.metrics);
  const limits = { ...defaultLimits, ...options.limits };
  const stalls = createStalls(clock);
  const keys = new AccountKeys(clock, published.current);
  const { accessLog } = options;
  const shared = { limits, clock, logger, metrics, models, tracing, stalls, random, keys };
  const context: CallContext = { ...shared, accessLog };
  const listeners = new ListenerSet(context, address, published.current);
  const sleep = (ms: number) => new Promise<void>((resolve) => void clock.after(ms, resolve));
  return {
    swap: (program) => {
      published.swap(program);
      keys.published();
      return listeners.reconcile();
    },
    ports: () => listeners.ports(),
    inFlight,
    drain: async ({ acceptMs, graceMs }) => {
      listeners.announceClose();
      // A timer alone keeps no process alive: nothing may be open yet when the start has failed.
      if (acceptMs > 0) await sleep(acceptMs);
      listeners.close();
      const until = clock.monotonic() + graceMs;
      while (inFlight() > 0 && clock.monotonic() < until) await sleep(DRAIN_POLL_MS);
      listeners.cut();
      stalls.close();
      published.current().retire();
    },
  };
}

const DRAIN_POLL_MS = 20;

function countRequests(metrics: DataPlaneMetrics): {
  readonly metrics: DataPlaneMetrics;
  readonly inFlight: () => number;
} {
  let count = 0;
  return {
    inFlight: () => count,
    metrics: {
      requestStarted: () => {
        count += 1;
        metrics.requestStarted();
      },
      requestEnded: (ended) => {
        count -= 1;
        metrics.requestEnded(ended);
      },
      upstreamFailed: metrics.upstreamFailed,
    },
  };
}
