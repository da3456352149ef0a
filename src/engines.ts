import type { Clock } from './base/clock.ts';
import type { Logger } from './base/log.ts';
import type { CompileResult } from './compile/compile.ts';
import type { ProcessSettings } from './config/process-settings.ts';
import type { ListenerFailure } from './control/loop.ts';
import type { MetricFamily } from './base/metric-family.ts';
import { readPrices } from './config/read-prices.ts';
import { createAccessLog } from './dataplane/access-log.ts';
import { Accounts } from './dataplane/accounts.ts';
import { capacityOf, type Capacity } from './dataplane/capacity.ts';
import { explainRequest } from './dataplane/explain.ts';
import { createMetrics, type MetricsSnapshot } from './dataplane/metrics.ts';
import { createModelMeter } from './dataplane/model-meter.ts';
import { prepareProgram, type Program, type ProgramParts } from './dataplane/program.ts';
import { createDataPlane, type DataPlane, type DataPlaneOptions } from './dataplane/server.ts';
import type { AskedRequest } from './ir/asked-request.ts';
import type { Explanation } from './ir/explanation.ts';
import type { Otlp } from './telemetry/otlp.ts';
import { endpointStates, isWatched } from './dataplane/upstream-watch.ts';
import type { RoutingTable, Secrets } from './ir/table.ts';
import { prepareStage } from './jwt/authenticate.ts';
import { createFetchJwks } from './jwt/fetch-jwks.ts';
import { createJwtEngine, type JwtEngine, type JwtStats } from './jwt/jwt-engine.ts';
import type { KeySetState } from './jwt/key-source.ts';
import { createPricing } from './llm/pricing.ts';

/** Everything that enforces tables, put together: keys, verification, data plane. */
export interface Engines {
  /** Puts a table in force; gives the listeners that could not be opened. */
  readonly publish: (result: CompileResult) => Promise<readonly ListenerFailure[]>;
  /** When the table in force was published; undefined before the first. */
  readonly publishedAtMs: () => number | undefined;
  /** Whether each key set of the first table has been tried; never false again. */
  readonly keysAttempted: () => boolean;
  readonly keySetStates: () => Readonly<Record<string, KeySetState>>;
  readonly traffic: () => MetricsSnapshot;
  /** Metrics of requests for models. */
  readonly models: readonly MetricFamily[];
  /** Of clusters whose endpoints are watched, how many are in which state. */
  readonly endpoints: () => readonly EndpointCount[];
  readonly verification: () => JwtStats;
  /** What model accounts and model servers have to do. */
  readonly capacity: () => Capacity;
  /** Why the table in force would answer a request as it does. */
  readonly explain: (asked: AskedRequest) => Promise<Explanation>;
  readonly ports: () => Readonly<Record<string, number>>;
  readonly stop: DataPlane['drain'];
}

/** A number of endpoints; labels: cluster and state. */
interface EndpointCount {
  readonly labels: readonly [cluster: string, state: string];
  readonly value: number;
}

export interface EnginesOptions {
  readonly settings: ProcessSettings;
  readonly address: string;
  readonly logger: Logger;
  readonly accessLogger: Logger;
  readonly clock: Clock;
  /** Begins to send metrics and traces. Default: they are not sent. */
  readonly telemetry?: ((families: readonly MetricFamily[]) => Otlp) | undefined;
}

const emptyTable: RoutingTable = {
  version: '',
  listeners: [],
  virtualHosts: {},
  clusters: {},
  keySets: {},
};

/** Puts the engines together; no port is open before the first publish. */
export function createEngines(options: EnginesOptions): Engines {
  const { settings, clock } = options;
  const state = beginning();
  const jwt = createJwt(options, state);
  const metrics = createMetrics();
  const models = createModelMeter(createPricing(readPrices(settings.prices)));
  const telemetry = options.telemetry?.(models.families);
  const accounts = new Accounts(clock);
  const parts = { ...programParts(options, jwt), accounts };
  let program = prepareProgram(emptyTable, {}, parts);
  const dataPlane = dataPlaneOf(options, { program, metrics, models, tracing: telemetry?.tracing });
  return {
    publish: async (result) => {
      if (result.table.version !== program.version) {
        program = prepare(result, program, { state, jwt, parts });
      }
      const failures = await dataPlane.swap(program);
      state.publishedAtMs = clock.now();
      void jwt.settled().then(() => (state.attempted = true));
      return failures.map(({ listener, error }) => ({ listener, message: error.message }));
    },
    publishedAtMs: () => state.publishedAtMs,
    keysAttempted: () => state.attempted,
    keySetStates: jwt.keySetStates,
    traffic: metrics.snapshot,
    models: models.families,
    endpoints: () => endpointCounts(program, clock),
    verification: jwt.stats,
    capacity: () => capacityOf(program.upstreams.values(), accounts),
    explain: (asked) => explainRequest(program, asked),
    ports: dataPlane.ports,
    stop: (times) => dataPlane.drain(times).then(jwt.close).then(telemetry?.stop),
  };
}

function dataPlaneOf(
  { settings, address, logger, accessLogger, clock }: EnginesOptions,
  counted: Pick<DataPlaneOptions, 'program' | 'metrics' | 'models' | 'tracing'>,
): DataPlane {
  return createDataPlane({
    ...counted,
    address,
    logger,
    ...(settings.accessLog ? { accessLog: createAccessLog(accessLogger) } : {}),
    clock,
  });
}

/** Stages are prepared with their key sets at hand; those of the program that serves are given up only once there is another. */
function prepare(
  { table, secrets }: CompileResult,
  former: Program,
  { state, jwt, parts }: { state: EngineState; jwt: JwtEngine; parts: ProgramParts },
): Program {
  const before = state.table;
  // Before the fetches start: a key set may name a cluster of its own table.
  state.table = table;
  state.secrets = secrets;
  jwt.update({ ...before.keySets, ...table.keySets }, { ...former.secrets, ...secrets });
  try {
    const program = prepareProgram(table, secrets, parts, former);
    jwt.update(table.keySets, secrets);
    return program;
  } catch (thrown) {
    state.table = before;
    state.secrets = former.secrets;
    jwt.update(before.keySets, former.secrets);
    throw thrown;
  }
}

function programParts({ settings, logger, clock }: EnginesOptions, jwt: JwtEngine): ProgramParts {
  return {
    prepareStage: (stage, providers) => prepareStage(stage, providers, jwt),
    localAddresses: settings.allowLocalUpstreams,
    clock,
    healthChanged: (cluster, { label, ejected, passing }) =>
      logger.info({ upstream: cluster, endpoint: label, ejected, passing }, 'endpoint health'),
    serverChanged: (upstream, failing) => logger.info({ upstream, failing }, 'model server health'),
  };
}

function endpointCounts({ upstreams }: Program, { monotonic }: Clock): readonly EndpointCount[] {
  return [...upstreams.values()].flatMap(({ cluster, endpoints, breaker }) => {
    const count = (state: string, value: number): EndpointCount => ({
      labels: [cluster.name, state],
      value,
    });
    if (isWatched(cluster)) {
      return [...endpointStates(cluster, endpoints)].map(([state, value]) => count(state, value));
    }
    if (breaker === undefined) return [];
    return [count(breaker.isOpen(monotonic()) ? 'ejected' : 'healthy', endpoints.length)];
  });
}

interface EngineState {
  table: RoutingTable;
  secrets: Secrets;
  publishedAtMs: number | undefined;
  attempted: boolean;
}

function beginning(): EngineState {
  return { table: emptyTable, secrets: {}, publishedAtMs: undefined, attempted: false };
}

function createJwt({ settings, logger, clock }: EnginesOptions, state: EngineState): JwtEngine {
  const fetchJwks = createFetchJwks({
    resolveCluster: (name) =>
      Object.hasOwn(state.table.clusters, name) ? state.table.clusters[name] : undefined,
    secrets: () => state.secrets,
    allowLocalAddresses: settings.allowLocalUpstreams,
  });
  const staleLimitMs = settings.jwksStaleSeconds * 1000;
  return createJwtEngine({ clock, logger, fetchJwks, staleLimitMs });
}
