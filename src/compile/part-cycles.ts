import type { RouteSpec } from '../api/route.ts';
import { refKey, type Entry, type Resource } from '../api/resource.ts';
import type { CompileState } from './compile-state.ts';
import { delegateTargets } from './delegate-targets.ts';
import { createFindings } from './findings.ts';
import type { At } from './host-plan.ts';
import { partUseKey, type PartFault } from './parts.ts';

type Table = Resource<'RouteTable'>;
type DelegateAction = NonNullable<RouteSpec['delegateAction']>;

/** Where one table leads to another, and on to itself. */
interface Cycle {
  readonly entry: Entry<'RouteTable'>;
  readonly path: string;
  readonly text: string;
}

/**
 * Tables that lead to themselves are not used. Where an older version of one does not, that one serves on, and then the others
 * may be fine.
 */
export function breakCycles(state: CompileState): void {
  const graph = graphOf(state);
  for (const cycle of cyclesIn(graph, state)) {
    const key = refKey(cycle.entry.ref);
    const older = state.lastGood.get(cycle.entry);
    if (older?.kind !== 'RouteTable' || older === cycle.entry.resource) continue;
    if (wayBack(key, new Map(graph).set(key, targetsOf(older, state)))) continue;
    reject(cycle, true, state);
    state.parts.set(key, older);
    state.accepted.set(key, older);
  }
  for (const cycle of cyclesIn(graphOf(state), state)) {
    const { entry, text } = cycle;
    const key = refKey(entry.ref);
    const fault: PartFault = { text, isCycle: true };
    reject(cycle, false, state);
    state.partFaults.set(key, JSON.stringify(fault));
    state.parts.delete(key);
    // Of two that lead to each other only one is looked at by whoever delegates to it.
    state.partUses.set(partUseKey(entry.ref, entry.ref), { ref: entry.ref, findings: [] });
    if (entry.resource) state.partDrafts.set(key, entry.resource);
    // What was good once is kept: it may be so again when others change.
    const last = state.lastGood.get(entry);
    if (last) state.accepted.set(key, last);
    else state.accepted.delete(key);
  }
}

function reject({ entry, path, text }: Cycle, servingLastGood: boolean, state: CompileState): void {
  const key = refKey(entry.ref);
  const verdict = state.verdicts.get(key);
  const findings = createFindings();
  findings.error({ reason: 'InvalidRoute', path, what: text, gloo: text });
  const known = verdict?.findings ?? [];
  const list = known.some(({ message }) => message === text) ? known : [...known, ...findings.list];
  state.verdicts.set(key, { keySets: [], findings: list, servingLastGood });
}

/** Names of tables that a table leads to, each with the path of the route. */
type Graph = Map<string, ReadonlyMap<string, string>>;

function cyclesIn(graph: Graph, state: CompileState): readonly Cycle[] {
  return [...graph.keys()].sort().flatMap((key) => {
    const way = wayBack(key, graph);
    const [, namespace = '', name = ''] = key.split('/');
    const entry = way && state.resources.get('RouteTable', namespace, name);
    if (!way || !entry) return [];
    const titles = way.map((one) => `[${one.split('/').slice(1).join('.')}]`);
    const path = graph.get(key)?.get(way[1] ?? key) ?? 'spec.routes';
    return [
      { entry, path, text: `invalid route: delegation cycle detected: ${titles.join(' -> ')}` },
    ];
  });
}

/** Without the tables that lead nowhere: most do. */
function graphOf(state: CompileState): Graph {
  const graph: Graph = new Map();
  for (const [key, part] of state.parts) {
    if (part.kind !== 'RouteTable') continue;
    const targets = targetsOf(part, state);
    if (targets.size > 0) graph.set(key, targets);
  }
  for (let size = -1; size !== graph.size;) {
    size = graph.size;
    for (const [key, targets] of graph) {
      if (![...targets.keys()].some((target) => graph.has(target))) graph.delete(key);
    }
  }
  return graph;
}

/** Of resources, which never change. */
const known = new WeakMap<Table, readonly At<DelegateAction>[]>();

function targetsOf(table: Table, state: CompileState): ReadonlyMap<string, string> {
  const actions = known.get(table) ?? actionsOf(table);
  known.set(table, actions);
  const targets = new Map<string, string>();
  for (const action of actions) {
    for (const ref of delegateTargets(action, table.metadata.namespace, state).tables) {
      const key = refKey(ref);
      if (!targets.has(key)) targets.set(key, action.path);
    }
  }
  return targets;
}

function actionsOf({ spec }: Table): readonly At<DelegateAction>[] {
  return (spec.routes ?? []).flatMap(({ delegateAction }, index) =>
    delegateAction ? [{ value: delegateAction, path: `spec.routes[${index}].delegateAction` }] : [],
  );
}

/** The shortest way from a table to itself, both ends included; undefined: there is none. */
function wayBack(start: string, graph: Graph): readonly string[] | undefined {
  const ways: (readonly string[])[] = [[start]];
  const seen = new Set<string>();
  for (const way of ways) {
    for (const next of graph.get(way.at(-1) ?? '')?.keys() ?? []) {
      if (next === start) return [...way, next];
      if (seen.has(next)) continue;
      seen.add(next);
      ways.push([...way, next]);
    }
  }
  return undefined;
}
