import { problemLine, type LocatedProblem } from '../api/problem.ts';
import { refKey } from '../api/resource.ts';
import type { Logger } from '../base/log.ts';
import type { Finding, Outcome, ResourceRef } from '../ir/outcome.ts';
import type { Listener, RoutingTable } from '../ir/table.ts';
import { completeOutcomes, type CompletedOutcomes } from './completed-outcomes.ts';
import type { EngineFacts, KeySetFacts } from './conditions.ts';
import { createKeySetStatements } from './key-set-statements.ts';
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
  const { keySetStates, problems, logger, changed } = options;
  const statements = createKeySetStatements();
  let latest: ControlReport | undefined;
  let table: RoutingTable | undefined;
  let completedFor: ControlReport | undefined;
  let completed: CompletedOutcomes = new Map();
  let said = completed;
  let saidProblems: SaidProblems = { problems: [], keys: new Set() };
  const refresh = (): CompletedOutcomes => {
    if (latest === undefined) return completed;
    const changedKeySets = statements.update(keySetStates(), (id) => hostOf(table, id));
    if (latest === completedFor && changedKeySets.size === 0) return completed;
    const facts = factsOf(latest, statements.current());
    completed = completeOutcomes(latest.result.outcomes, facts, { completed, changedKeySets });
    completedFor = latest;
    return completed;
  };
  const observe = (): void => {
    const now = refresh();
    if (now !== said) {
      const change = changeBetween(said, now);
      logChange(change, said, logger);
      said = now;
      if (change.outcomes.length + change.removed.length > 0) changed?.(change);
    }
    saidProblems = logProblems(problems(), saidProblems, logger);
  };
  return {
    accept: (report) => {
      latest = report;
      if (report.runningVersion === report.result.table.version) table = report.result.table;
      observe();
    },
    observe,
    outcomes: () => Array.from(refresh().values(), ({ outcome }) => outcome),
    table: () => table,
  };
}

function factsOf(
  { result, runningVersion, publishError, listenerFailures }: ControlReport,
  keySets: EngineFacts['keySets'],
): EngineFacts {
  const { listeners, virtualHosts } = result.table;
  return {
    unreachable: (outcome) =>
      unserved(outcome, virtualHosts) ??
      (listenerFailures.length === 0
        ? undefined
        : unreachable(outcome.ref, listeners, listenerFailures)),
    keySets,
    programmed: runningVersion === result.table.version,
    ...(publishError === undefined ? {} : { publishError }),
  };
}

/** A VirtualService that has nothing to serve, or nobody to serve it, is accepted: it may be selected later. */
function unserved(
  { ref: { kind, namespace, name }, findings }: Outcome,
  virtualHosts: RoutingTable['virtualHosts'],
): string | undefined {
  if (kind !== 'VirtualService' || Object.hasOwn(virtualHosts, `${namespace}.${name}`)) {
    return undefined;
  }
  const isUnselected = findings.some(
    ({ reason, path }) => reason === 'ReferenceNotFound' && path === 'metadata',
  );
  return isUnselected
    ? 'nothing is served: no Gateway in force selects it'
    : 'nothing is served: it has no virtual host';
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

function changeBetween(before: CompletedOutcomes, now: CompletedOutcomes): OutcomeChange {
  const outcomes = [...now].flatMap(([key, { outcome }]) =>
    before.get(key)?.outcome === outcome ? [] : [outcome],
  );
  const removed = [...before].flatMap(([key, { base }]) => (now.has(key) ? [] : [base.ref]));
  return { outcomes, removed };
}

/** So many are told one by one; of more that are all fine, how many they are: thousands of lines would say no more. */
const fineAtOnce = 20;

function logChange(
  { outcomes, removed }: OutcomeChange,
  before: CompletedOutcomes,
  logger: Logger,
): void {
  const changed = outcomes.filter((outcome) => {
    const former = before.get(refKey(outcome.ref))?.outcome;
    return !former || signature(former) !== signature(outcome);
  });
  const isMany = changed.filter(isFine).length > fineAtOnce;
  for (const outcome of changed) {
    if (!isFine(outcome)) logger.warn(logged(outcome), 'resource state changed');
    else if (!isMany) logger.info(logged(outcome), 'resource state changed');
  }
  if (isMany) logger.info({ states: countsOf(changed) }, 'resource states changed');
  for (const ref of removed) logger.info({ ...ref }, 'resource removed');
}

function isFine({ state, conditions }: Outcome): boolean {
  return state === 'Accepted' && conditions.every(({ status }) => status !== 'False');
}

function countsOf(outcomes: readonly Outcome[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { state } of outcomes) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

interface SaidProblems {
  readonly problems: readonly LocatedProblem[];
  readonly keys: ReadonlySet<string>;
}

/** Logs what was not said before, and gives what has been said now. */
function logProblems(
  problems: readonly LocatedProblem[],
  said: SaidProblems,
  logger: Logger,
): SaidProblems {
  if (problems === said.problems) return said;
  const keys = new Set<string>();
  for (const { origin, problem } of problems) {
    const { ref, severity, reason, path, message } = problem;
    const key = `${refKey(ref)} ${origin} ${problemLine(problem)}`;
    keys.add(key);
    if (said.keys.has(key)) continue;
    const from = { ...ref, ...placeOf(origin) };
    const texts = { path: cut(path), problem: cut(message) };
    logger.warn({ ...from, severity, reason, ...texts }, 'manifest not used');
  }
  return { problems, keys };
}

/** Without the texts of conditions: times of keys are in them. */
function signature({ state, conditions, findings }: Outcome): string {
  const states = conditions.map(({ type, status, reason }) => [type, status, reason]);
  return JSON.stringify([state, states, findings]);
}

function logged({ ref, origin, state, conditions, findings, servingLastGood }: Outcome): object {
  const states = conditions.map(({ type, status, reason }) => [type, `${status} ${reason}`]);
  return {
    ...ref,
    ...placeOf(origin),
    state,
    conditions: Object.fromEntries(states),
    ...loggedFindings(findings),
    ...(servingLastGood ? { servingLastGood } : {}),
  };
}

/** A tenant can make thousands, and a new state again and again; the status has more of them. */
const loggedAtOnce = 10;
const loggedLength = 1_000;

function loggedFindings(findings: readonly Finding[]): object {
  if (findings.length === 0) return {};
  const isFew = findings.length <= loggedAtOnce;
  const bySeverity = (severity: Finding['severity']) =>
    findings.filter((finding) => finding.severity === severity);
  const chosen = isFew ? findings : [...bySeverity('error'), ...bySeverity('warning')];
  return {
    findings: chosen.slice(0, loggedAtOnce).map((finding) => ({
      ...finding,
      path: cut(finding.path),
      message: cut(finding.message),
    })),
    ...(isFew ? {} : { moreFindings: findings.length - loggedAtOnce }),
  };
}

/** Names in a manifest may be of any length, and stand in paths. */
function cut(text: string): string {
  return text.length > loggedLength ? `${text.slice(0, loggedLength)}...` : text;
}

/** What comes out of a cluster has no file. */
function placeOf(origin: string): { readonly origin?: string } {
  return origin === '' ? {} : { origin };
}
