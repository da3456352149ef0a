import { networkInterfaces } from 'node:os';
import type { AdminFacts } from './admin/admin-facts.ts';
import { createAdminServer, type AdminServer } from './admin/admin-server.ts';
import { createBreather } from './base/breather.ts';
import { systemClock } from './base/clock.ts';
import type { Logger } from './base/log.ts';
import { createCompileMemory } from './compile/compile-memory.ts';
import { compile, type CompileTools } from './compile/compile.ts';
import type { ProcessSettings } from './config/process-settings.ts';
import { createControlLoop, type ControlLoop, type ControlReport } from './control/loop.ts';
import { createReporter, hostOf, type Reporter } from './control/report.ts';
import { unreportedProblems } from './control/unreported-problems.ts';
import { durationBoundsMs } from './dataplane/metrics.ts';
import { createEngines, type Engines, type EnginesOptions } from './engines.ts';
import type { Outcome } from './ir/outcome.ts';
import { importKeys } from './jwt/import-keys.ts';
import { rememberImports } from './jwt/remembered-imports.ts';
import { checkRegex } from './rbac/regex.ts';
import { createController, type Controller } from './controller.ts';
import type { ConfigSource } from './sources/config-source.ts';
import { createFileSource } from './sources/file-source.ts';
import { createStore, type Store } from './store/store.ts';

/** The gateway of one process, from manifests to open ports. */
export interface App {
  /**
   * Loads the manifests and serves them; resolves with what came of the first table. Throws `ERR_SOURCE` or `ERR_LISTEN` when
   * the process cannot do what it was asked to.
   */
  readonly start: () => Promise<ControlReport>;
  /** Answers `/readyz` with 503 from now on. */
  readonly unready: (reason: string) => void;
  /** Lets requests under way end, then closes everything. */
  readonly stop: () => Promise<void>;
  /** Port of each open listener by its name, `admin` among them. */
  readonly ports: () => Readonly<Record<string, number>>;
}

export interface AppOptions {
  readonly settings: ProcessSettings;
  /** Of the program, for a metric. */
  readonly version: string;
  readonly logger: Logger;
  /** For the line per request. */
  readonly accessLogger: Logger;
  /** Begins to send metrics and traces. Default: they are not sent. */
  readonly telemetry?: EnginesOptions['telemetry'];
}

/** The compiler asks the engines what a good key and a good expression are. */
export const compileTools: CompileTools = { importKeys: rememberImports(importKeys), checkRegex };

/** How often states of key sets are looked at for the log. */
const observeMs = 1_000;

const clock = systemClock;

/** Builds every part; nothing is open before `start`. */
export function createApp(options: AppOptions): App {
  const { settings } = options;
  const parts = createParts(options);
  const { store, engines, source, reporter, unreadyReasons } = parts;
  const admin = createAdmin(parts);
  const firstReport = Promise.withResolvers<ControlReport>();
  const loop = createLoop(parts, firstReport.resolve);
  store.onChange(loop.changed);
  const observing = keepObserving(reporter);
  return {
    start: async () => {
      // Probes are answered from here on, however long it takes to reach a cluster.
      await admin.start();
      await source.start();
      loop.changed();
      observing.start();
      return firstReport.promise;
    },
    unready: (reason) => void unreadyReasons.push(reason),
    stop: async () => {
      unreadyReasons.push('the process is stopping');
      observing.stop();
      const { drainAcceptSeconds, drainSeconds } = settings;
      // Before anything is served no load balancer has to hear of the end, and nothing would keep the process for it.
      const acceptMs = Object.keys(engines.ports()).length > 0 ? drainAcceptSeconds * 1000 : 0;
      const times = { acceptMs, graceMs: drainSeconds * 1000 };
      // What the source still has to say to its cluster must not take of the time that requests have.
      const sourceStopped = source.stop();
      await loop.stop();
      await Promise.all([sourceStopped, engines.stop(times)]);
      await admin.stop();
    },
    ports: () => {
      const port = admin.port();
      return { ...engines.ports(), ...(port === undefined ? {} : { admin: port }) };
    },
  };
}

/** A folder of manifests, or a cluster, which also takes part in what becomes of them. */
type Source = ConfigSource & Partial<Controller>;

/** What the parts of an app share. */
interface Parts {
  readonly options: AppOptions;
  readonly store: Store;
  readonly engines: Engines;
  readonly source: Source;
  readonly reporter: Reporter;
  readonly unreadyReasons: string[];
}

function createParts(options: AppOptions): Parts {
  const { settings, logger } = options;
  const store = createStore();
  const engines = createEngines({ ...options, address: bindAddress(settings.bind), clock });
  const source = createSource(options, store, () => reporter.outcomes());
  const reporter = createReporter({
    keySetStates: engines.keySetStates,
    problems: () => unreportedProblems(store.snapshot()),
    ...(source.changed === undefined ? {} : { changed: source.changed }),
    logger,
  });
  return { options, store, engines, source, reporter, unreadyReasons: [] };
}

function createSource(
  { settings, version, logger }: AppOptions,
  store: Store,
  outcomes: () => readonly Outcome[],
): Source {
  if (settings.kube) {
    return createController({ settings, version, store, outcomes, clock, logger });
  }
  const { files: paths, namespace: defaultNamespace = 'default' } = settings;
  return createFileSource({ paths, store, defaultNamespace, clock, logger });
}

function createAdmin(parts: Parts): AdminServer {
  const { settings, version, logger } = parts.options;
  const facts = adminFacts(parts);
  const { adminPort: port, adminBind: bind } = settings;
  return createAdminServer({ facts, port, bind, version, logger });
}

function createLoop(
  { options, store, engines, source, reporter }: Parts,
  reported: (report: ControlReport) => void,
): ControlLoop {
  const { httpPort, httpsPort, allowLocalUpstreams, allowExternalName } = options.settings;
  const { want, restored } = source;
  const memory = createCompileMemory();
  const breathe = createBreather(clock);
  return createControlLoop(
    {
      synced: source.synced,
      resources: store.snapshot,
      ...(want === undefined ? {} : { want }),
      ...(restored === undefined ? {} : { restored }),
      compile: (resources, last) =>
        compile(resources, compileTools, {
          httpPort,
          httpsPort,
          allowLocalUpstreams,
          allowExternalName,
          ...last,
          memory,
          breathe,
        }),
      publish: engines.publish,
      report: (report) => {
        reporter.accept(report);
        source.accepted?.(report.result.accepted);
        reported(report);
      },
    },
    { clock, logger: options.logger },
  );
}

function adminFacts({ store, engines, source, reporter, unreadyReasons }: Parts): AdminFacts {
  return {
    missing: () => [
      ...unreadyReasons,
      ...source.missing(),
      ...(reporter.table() ? [] : ['no table is published']),
      ...(engines.keysAttempted() ? [] : ['keys are being fetched for the first time']),
    ],
    table: reporter.table,
    publishedAtMs: engines.publishedAtMs,
    outcomes: reporter.outcomes,
    sourceProblems: () =>
      [...source.problems(), ...unreportedProblems(store.snapshot())].map(
        ({ origin, problem: { severity, reason, path, message } }) => {
          return { origin, severity, reason, path, message };
        },
      ),
    keySets: () =>
      Object.entries(engines.keySetStates()).map(([id, state]) => {
        return { id, host: hostOf(reporter.table(), id) ?? '', ...state };
      }),
    traffic: () => ({
      ...engines.traffic(),
      endpoints: engines.endpoints(),
      boundsMs: durationBoundsMs,
    }),
    models: engines.models,
    verification: engines.verification,
    capacity: engines.capacity,
    explain: engines.explain,
    listening: engines.ports,
    ...(source.facts === undefined ? {} : { kube: source.facts }),
  };
}

interface Observing {
  readonly start: () => void;
  /** Also before the start, which then comes to nothing. */
  readonly stop: () => void;
}

function keepObserving(reporter: Reporter): Observing {
  let cancel = (): void => {};
  let stopped = false;
  const start = (): void => {
    if (stopped) return;
    cancel = clock.after(observeMs, () => {
      reporter.observe();
      start();
    });
  };
  return {
    start,
    stop: () => {
      stopped = true;
      cancel();
    },
  };
}

/** `::` takes IPv4 too, but cannot be opened where the kernel has no IPv6. */
function bindAddress(bind: string): string {
  if (bind !== '::') return bind;
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return addresses.some(({ family }) => family === 'IPv6') ? bind : '0.0.0.0';
}
