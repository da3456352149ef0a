import type { Clock } from '../base/clock.ts';
import { createHoldOff } from '../base/hold-off.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import type { Store } from '../store/store.ts';
import type { ConfigSource } from './config-source.ts';
import { assertPathsExist } from './file-tree.ts';
import { createFileReconciler, type FileReconciler } from './file-reconciler.ts';

export interface FileSourceOptions {
  readonly paths: readonly string[];
  readonly store: Store;
  /** Namespace of resources that name none. */
  readonly defaultNamespace: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** An editor's burst of events is one change. */
const holdOffLimits = { quietMs: 20, maxMs: 100 };

/** Network and container file systems may send no events: the tree is looked at this often all the same. */
const resyncMs = 5_000;

/**
 * What stands in for the API server in standalone mode: folders and files of manifests. Nothing is read before `start`, which
 * throws `ERR_SOURCE` for a path that is not there.
 */
export function createFileSource(options: FileSourceOptions): ConfigSource {
  const { paths, clock, logger } = options;
  const reconciler = createFileReconciler(options);
  const scans = createScans(reconciler, clock, logger);
  let stopWatching = async (): Promise<void> => {};
  let cancelResync = (): void => {};
  let synced = false;
  const resync = (): void => {
    scans.trigger();
    cancelResync = clock.after(resyncMs, resync);
  };
  return {
    start: async () => {
      await assertPathsExist(paths);
      stopWatching = await startWatching(paths, scans.trigger, logger);
      await scans.run();
      synced = true;
      cancelResync = clock.after(resyncMs, resync);
    },
    synced: () => synced,
    missing: () => (synced ? [] : ['manifests are not loaded']),
    problems: reconciler.problems,
    stop: async () => {
      cancelResync();
      await stopWatching();
      await scans.stop();
    },
  };
}

interface Scans {
  /** Asks for a scan soon. */
  readonly trigger: () => void;
  /** Scans after those that are under way. */
  readonly run: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Scans one after the other. */
function createScans(reconciler: FileReconciler, clock: Clock, logger: Logger): Scans {
  let stopped = false;
  let last: Promise<void> = Promise.resolve();
  const scan = async (): Promise<void> => {
    if (stopped) return;
    try {
      const { doubtMs } = await reconciler.scan();
      if (doubtMs !== undefined) clock.after(doubtMs, holdOff.trigger);
    } catch (thrown) {
      logger.error({ error: messageOf(thrown) }, 'manifest scan failed');
    }
  };
  const run = (): Promise<void> => {
    last = last.then(scan);
    return last;
  };
  const holdOff = createHoldOff(clock, holdOffLimits, () => void run());
  return {
    trigger: holdOff.trigger,
    run,
    stop: async () => {
      stopped = true;
      holdOff.cancel();
      await last;
    },
  };
}

/** Events only say "look again": what changed is found by looking. */
async function startWatching(
  paths: readonly string[],
  trigger: () => void,
  logger: Logger,
): Promise<() => Promise<void>> {
  // A gateway of a cluster has no files.
  const { watch } = await import('chokidar');
  const watcher = watch([...paths], { ignoreInitial: true, atomic: false });
  watcher.on('all', trigger);
  // The swap of a ConfigMap is seen only here: nothing but a hidden link in the folder changes.
  watcher.on('raw', trigger);
  // Whatever happened between the first scan and now.
  watcher.on('ready', trigger);
  watcher.on('error', (thrown) => {
    logger.warn({ error: messageOf(thrown) }, 'file watch failed');
  });
  return () => watcher.close();
}
