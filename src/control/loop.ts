import type { Resource, ResourceSet } from '../api/resource.ts';
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import { createHoldOff } from '../base/hold-off.ts';
import type { Logger } from '../base/log.ts';
import type { CompileResult } from '../compile/compile.ts';

/** From changes in the store to the table in force: one compile at a time, always of everything. */
export interface ControlLoop {
  /** Something has changed; the loop looks for itself what. */
  readonly changed: () => void;
  readonly stop: () => Promise<void>;
}

export interface ControlPorts {
  /** Whether every source has delivered once: before that nothing is compiled, so that no half a table ever serves. */
  readonly synced: () => boolean;
  readonly resources: () => ResourceSet;
  readonly compile: (
    resources: ResourceSet,
    lastGood: ReadonlyMap<string, Resource>,
  ) => Promise<CompileResult>;
  /** Puts a table in force; returns when the engines serve from it. */
  readonly publish: (result: CompileResult) => Promise<void>;
  /** Told after every compile what came of it. */
  readonly report: (report: ControlReport) => void;
}

/** A compile and whether its table is what serves. */
export interface ControlReport {
  readonly result: CompileResult;
  /** Version of the table in force; undefined before the first. */
  readonly runningVersion: string | undefined;
  /** Why the table of the result could not be put in force. */
  readonly publishError?: string;
}

const holdOffLimits = { quietMs: 50, maxMs: 500 };

/** What the engines refused, such as a port in use, may be possible later without any change in the store. */
const retryMs = 5_000;

export function createControlLoop(
  ports: ControlPorts,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): ControlLoop {
  const state: LoopState = { lastGood: new Map(), runningVersion: undefined };
  let running: Promise<void> = Promise.resolve();
  let stopped = false;
  const round = async (): Promise<void> => {
    if (stopped || !ports.synced()) return;
    const again = await runRound(ports, state, { clock, logger });
    if (again) clock.after(retryMs, holdOff.trigger);
  };
  const holdOff = createHoldOff(clock, holdOffLimits, () => {
    running = running.then(round);
  });
  return {
    changed: holdOff.trigger,
    stop: async () => {
      stopped = true;
      holdOff.cancel();
      await running;
    },
  };
}

interface LoopState {
  lastGood: ReadonlyMap<string, Resource>;
  runningVersion: string | undefined;
}

/** Compiles and publishes once; true when it should be tried again. Whatever fails, the former table goes on serving. */
async function runRound(
  ports: ControlPorts,
  state: LoopState,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): Promise<boolean> {
  const startMs = clock.monotonic();
  let result: CompileResult;
  try {
    result = await ports.compile(ports.resources(), state.lastGood);
  } catch (thrown) {
    logger.error({ err: thrown }, 'compile failed');
    return false;
  }
  state.lastGood = result.accepted;
  const { version } = result.table;
  const compiledMs = clock.monotonic();
  try {
    if (version !== state.runningVersion) {
      await ports.publish(result);
      state.runningVersion = version;
      const compileMs = Math.round(compiledMs - startMs);
      const publishMs = Math.round(clock.monotonic() - compiledMs);
      logger.info({ version, compileMs, publishMs }, 'table published');
    }
  } catch (thrown) {
    const publishError = messageOf(thrown);
    logger.error({ version, error: publishError }, 'publish failed');
    ports.report({ result, runningVersion: state.runningVersion, publishError });
    return true;
  }
  ports.report({ result, runningVersion: version });
  return false;
}
