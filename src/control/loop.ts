import type { Resource, ResourceSet } from '../api/resource.ts';
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import { createHoldOff } from '../base/hold-off.ts';
import type { Logger } from '../base/log.ts';
import type { CompileResult } from '../compile/compile.ts';
import type { WantedRef } from '../ir/outcome.ts';

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
  readonly compile: (resources: ResourceSet, last: LastServed) => Promise<CompileResult>;
  /**
   * Told after a compile what it looked up; undefined when all of that was in the resources, if it is to be had. Otherwise
   * everything is compiled anew once the promise resolves, before anything is published or reported.
   */
  readonly want?: (refs: readonly WantedRef[]) => Promise<void> | undefined;
  /** Versions that an earlier process accepted: `lastGood` of the first compile, which waits for them. */
  readonly restored?: () => Promise<ReadonlyMap<string, Resource>>;
  /** Puts a table in force; resolves when the engines serve from it, with the listeners that could not be opened. */
  readonly publish: (result: CompileResult) => Promise<readonly ListenerFailure[]>;
  /** Told after every compile what came of it. */
  readonly report: (report: ControlReport) => void;
}

/** What the former compile left for this one. */
interface LastServed {
  readonly lastGood: ReadonlyMap<string, Resource>;
  /** None outlives the process: they hold private keys. */
  readonly lastCertificates: CompileResult['certificates'];
}

/** A listener that could not be opened; the others serve. */
export interface ListenerFailure {
  readonly listener: string;
  readonly message: string;
}

/** A compile and whether its table is what serves. */
export interface ControlReport {
  readonly result: CompileResult;
  /** Version of the table in force; undefined before the first. */
  readonly runningVersion: string | undefined;
  /** Why the table of the result could not be put in force. */
  readonly publishError?: string;
  readonly listenerFailures: readonly ListenerFailure[];
}

/** Each time something else may be wanted: a Secret in place of the one that was not there. */
const compilesAtMost = 5;

const holdOffLimits = { quietMs: 50, maxMs: 500 };

/** What the engines refused, such as a port in use, may be possible later without any change in the store. */
const retryMs = 5_000;

/** Creates the loop; it does nothing before the first change. */
export function createControlLoop(ports: ControlPorts, context: LoopContext): ControlLoop {
  const state: LoopState = {
    last: undefined,
    runningVersion: undefined,
    listenerFailures: [],
  };
  let running: Promise<void> = Promise.resolve();
  let waiting = false;
  let stopped = false;
  const round = async (): Promise<void> => {
    waiting = false;
    if (stopped || !ports.synced()) return;
    const again = await runRound(ports, state, context);
    if (again) context.clock.after(retryMs, holdOff.trigger);
  };
  const holdOff = createHoldOff(context.clock, holdOffLimits, () => {
    if (waiting) return;
    waiting = true;
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
  /** Undefined before the first compile. */
  last: LastServed | undefined;
  runningVersion: string | undefined;
  listenerFailures: readonly ListenerFailure[];
}

interface LoopContext {
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Compiles and publishes once; true when it should be tried again. Whatever fails, the former table goes on serving. */
async function runRound(
  ports: ControlPorts,
  state: LoopState,
  context: LoopContext,
): Promise<boolean> {
  const startMs = context.clock.monotonic();
  let result: CompileResult;
  try {
    result = await compileWanted(ports, state, context);
  } catch (thrown) {
    context.logger.error({ err: thrown }, 'compile failed');
    return false;
  }
  const compileMs = Math.round(context.clock.monotonic() - startMs);
  const publishError = await publish(result, compileMs, { ports, state, context });
  const { runningVersion, listenerFailures } = state;
  const failed = publishError === undefined ? {} : { publishError };
  ports.report({ result, runningVersion, listenerFailures, ...failed });
  return publishError !== undefined || listenerFailures.length > 0;
}

/** Compiles, and anew while something that was looked up is only just being fetched. */
async function compileWanted(
  ports: ControlPorts,
  state: LoopState,
  context: LoopContext,
): Promise<CompileResult> {
  state.last ??= { lastGood: await restored(ports, context), lastCertificates: new Map() };
  for (let count = 1; ; count += 1) {
    const result = await ports.compile(ports.resources(), state.last);
    state.last = { lastGood: result.accepted, lastCertificates: result.certificates };
    const arriving = ports.want?.(result.wanted);
    if (arriving === undefined || count === compilesAtMost) return result;
    await arriving;
  }
}

/** Without them what is broken now stays closed, and everything else serves. */
async function restored(
  { restored: restore }: ControlPorts,
  { logger }: LoopContext,
): Promise<ReadonlyMap<string, Resource>> {
  try {
    return (await restore?.()) ?? new Map();
  } catch (thrown) {
    logger.error({ err: thrown }, 'accepted versions not restored');
    return new Map();
  }
}

/** Puts a table in force unless it is already, as a whole; gives the error when it cannot be. */
async function publish(
  result: CompileResult,
  compileMs: number,
  { ports, state, context }: { ports: ControlPorts; state: LoopState; context: LoopContext },
): Promise<string | undefined> {
  const { clock, logger } = context;
  const { version } = result.table;
  if (version === state.runningVersion && state.listenerFailures.length === 0) return undefined;
  const startMs = clock.monotonic();
  try {
    state.listenerFailures = await ports.publish(result);
    state.runningVersion = version;
    const publishMs = Math.round(clock.monotonic() - startMs);
    logger.info({ version, compileMs, publishMs }, 'table published');
    for (const failure of state.listenerFailures) logger.error(failure, 'listener not opened');
    return undefined;
  } catch (thrown) {
    const error = messageOf(thrown);
    logger.error({ version, error }, 'publish failed');
    return error;
  }
}
