import { setTimeout as delay } from 'node:timers/promises';
import { askGateway, type LabRequest } from './lab-client.ts';

/** Requests at a steady rate, whatever becomes of the ones before. */
export interface SteadyTraffic {
  readonly sent: () => number;
  /** What was not answered as expected, with how often. */
  readonly failures: () => Readonly<Record<string, number>>;
  /** Waits for the answers that are due. */
  readonly stop: () => Promise<void>;
}

export interface SteadyTrafficOptions extends LabRequest {
  readonly perSecond: number;
  readonly status: number;
  /** The gateway is killed meanwhile: that nobody listens, and that a connection ends with it, is no failure. */
  readonly mayBeDown?: boolean;
}

const downCodes = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE'];

/** Starts the requests. */
export function startTraffic(options: SteadyTrafficOptions): SteadyTraffic {
  const failures: Record<string, number> = {};
  const open = new Set<Promise<void>>();
  const started = performance.now();
  let sent = 0;
  const stopped = new AbortController();
  const count = (failure: string) => void (failures[failure] = (failures[failure] ?? 0) + 1);
  const ask = async () => {
    const failure = await failureOf(options);
    if (failure !== undefined) count(failure);
  };
  const run = async () => {
    while (!stopped.signal.aborted) {
      const due = ((performance.now() - started) / 1000) * options.perSecond;
      for (; sent < due; sent += 1) {
        const asked = ask().finally(() => open.delete(asked));
        open.add(asked);
      }
      await delay(2);
    }
  };
  const running = run();
  return {
    sent: () => sent,
    failures: () => failures,
    stop: async () => {
      stopped.abort();
      await running;
      await Promise.all(open);
    },
  };
}

async function failureOf(options: SteadyTrafficOptions): Promise<string | undefined> {
  try {
    const { status } = await askGateway(options);
    return status === options.status ? undefined : `status ${status}`;
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    return options.mayBeDown && downCodes.includes(code) ? undefined : code;
  }
}
