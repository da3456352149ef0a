import { problemLine, type LocatedProblem } from '../api/problem.ts';
import { refKey } from '../api/resource.ts';
import type { Logger } from '../base/log.ts';
import type { Outcome, ResourceRef } from '../ir/outcome.ts';
import type { Listener, RoutingTable } from '../ir/table.ts';
import { completeOutcome, type EngineFacts, type KeySetFacts } from './conditions.ts';
import type { ControlReport, ListenerFailure } from './loop.ts';

/** What there is to say of every resource, with what the engines know at the moment of asking. */
export interface Reporter {
  /** The `report` port of the control loop. */
  readonly accept: (report: ControlReport) => void;
  /** Logs what has changed since it was last looked at. */
  readonly observe: () => void;
  readonly outcomes: () => readonly Outcome[];
  /** The table in force; undefined before the first. */
  readonly table: () => RoutingTable | undefined;
}

/** What has changed since it was last told. */
export interface OutcomeChange {
  readonly outcomes: readonly Outcome[];
  /** Resources that are no more. */
  readonly removed: readonly ResourceRef[];
}

/** What a reporter asks for. */
export interface ReporterOptions {
  readonly keySetStates: () => Readonly<Record<string, KeySetFacts>>;
  /** Of which no outcome tells. */
  readonly problems: () => readonly LocatedProblem[];
  /** Told what is now to be said otherwise than it was; an outcome stays the same object while it says the same. */
  readonly changed?: (change: OutcomeChange) => void;
  readonly logger: Logger;
}

/** Creates a reporter that has said nothing yet. */
export function createReporter(options: ReporterOptions): Reporter {
  const { keySetStates, problems, logger } = options;
  let latest: ControlReport | undefined;
  let table: RoutingTable | undefined;
  let said: ReadonlyMap<string, Outcome> = new Map();
  let saidProblems: ReadonlySet<string> = new Set();
  const outcomes = (): readonly Outcome[] => {
    if (latest === undefined) return [];
    const facts = factsOf(latest, table, keySetStates());
    return latest.result.outcomes.map((outcome) => completeOutcome(outcome, facts));
  };
  const observe = (): void => {
    const now = new Map(
      outcomes().map((outcome) => {
        const key = refKey(outcome.ref);
        const former = said.get(key);
        return [key, former && isEqual(former, outcome) ? former : outcome];
      }),
    );
    tellChange(said, now, options.changed);
    logTransitions(said, now, logger);
    said = now;
    saidProblems = logProblems(problems(), saidProblems, logger);
  };
  return {
    accept: (report) => {
      latest = report;
      if (report.runningVersion === report.result.table.version) table = report.result.table;
      observe();
    },
    observe,
    outcomes,
    table: () => table,
  };
}

function factsOf(
  { result, runningVersion, publishError, listenerFailures }: ControlReport,
  table: RoutingTable | undefined,
  keySets: Readonly<Record<string, KeySetFacts>>,
): EngineFacts {
  return {
    unreachable: (ref) => unreachable(ref, result.table.listeners, listenerFailures),
    keySets,
    hostOf: (id) => hostOf(table, id),
    programmed: runningVersion === result.table.version,
    ...(publishError === undefined ? {} : { publishError }),
  };
}

/** Whether every listener that is, or serves, the resource could not be opened. */
function unreachable(
  { kind, namespace, name }: ResourceRef,
  listeners: readonly Listener[],
  failures: readonly ListenerFailure[],
): string | undefined {
  const named = `${namespace}.${name}`;
  const own = listeners.filter(
    (listener) =>
      (kind === 'Gateway' && listener.name === named) ||
      (kind === 'VirtualService' && listener.virtualHosts.includes(named)),
  );
  const failed = failures.filter(({ listener }) => own.some((one) => one.name === listener));
  if (own.length === 0 || failed.length < own.length) return undefined;
  return failed.map(({ message }) => message).join('; ');
}

/** Only the host: a path or a query may hold what is nobody's business. */
export function hostOf(table: RoutingTable | undefined, keySet: string): string | undefined {
  const settings = table?.keySets[keySet];
  return settings?.kind === 'remote' ? (URL.parse(settings.url)?.host ?? undefined) : undefined;
}

function isEqual(a: Outcome, b: Outcome): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function tellChange(
  before: ReadonlyMap<string, Outcome>,
  now: ReadonlyMap<string, Outcome>,
  changed: ReporterOptions['changed'],
): void {
  const outcomes = [...now].flatMap(([key, outcome]) =>
    before.get(key) === outcome ? [] : [outcome],
  );
  const removed = [...before].flatMap(([key, { ref }]) => (now.has(key) ? [] : [ref]));
  if (outcomes.length + removed.length > 0) changed?.({ outcomes, removed });
}

function logTransitions(
  before: ReadonlyMap<string, Outcome>,
  now: ReadonlyMap<string, Outcome>,
  logger: Logger,
): void {
  for (const [key, outcome] of now) {
    const former = before.get(key);
    if (former && signature(former) === signature(outcome)) continue;
    const isGood = outcome.conditions.every(({ status }) => status !== 'False');
    const level = isGood && outcome.state === 'Accepted' ? 'info' : 'warn';
    logger[level](logged(outcome), 'resource state changed');
  }
  for (const [key, { ref }] of before) {
    if (!now.has(key)) logger.info({ ...ref }, 'resource removed');
  }
}

/** Logs what was not said before, and gives what has been said now. */
function logProblems(
  problems: readonly LocatedProblem[],
  said: ReadonlySet<string>,
  logger: Logger,
): ReadonlySet<string> {
  const now = new Set<string>();
  for (const { origin, problem } of problems) {
    const { ref, severity, reason, path, message } = problem;
    const key = `${refKey(ref)} ${origin} ${problemLine(problem)}`;
    now.add(key);
    if (said.has(key)) continue;
    logger.warn({ ...ref, origin, severity, reason, path, problem: message }, 'manifest not used');
  }
  return now;
}

/** Without the texts of conditions: ages of keys are in them. */
function signature({ state, conditions, findings }: Outcome): string {
  const states = conditions.map(({ type, status, reason }) => [type, status, reason]);
  return JSON.stringify([state, states, findings]);
}

function logged({ ref, origin, state, conditions, findings, servingLastGood }: Outcome): object {
  const states = conditions.map(({ type, status, reason }) => [type, `${status} ${reason}`]);
  return {
    ...ref,
    origin,
    state,
    conditions: Object.fromEntries(states),
    ...(findings.length > 0 ? { findings } : {}),
    ...(servingLastGood ? { servingLastGood } : {}),
  };
}
