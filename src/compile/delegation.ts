import type { RouteOptions } from '../api/options.ts';
import type { RouteSpec } from '../api/route.ts';
import type { RouteTableSpec } from '../api/route-table.ts';
import { refKey } from '../api/resource.ts';
import type { ClosedAction } from '../ir/table.ts';
import { childMatchers, inheritanceOf, type Heritage } from './child-matchers.ts';
import { closed } from './closed.ts';
import { delegateTargets, type TableRef } from './delegate-targets.ts';
import { shown, type Note } from './findings.ts';
import type { At } from './host-plan.ts';
import { mergeOptions, type OptionsLayer } from './merged-options.ts';
import { findOptions } from './option-refs.ts';
import { findPart, scopeAt, type PartFault, type Place } from './parts.ts';
import type { HostScope } from './providers.ts';
import { parentMatcher, parentMatcherFault } from './parent-matcher.ts';
import { closedPlan, type RoutePlan } from './route-plan.ts';
import { sortBySpecificity } from './specificity.ts';

/** More than any route needs; tables that name each other twice would soon make millions. */
const maxVisits = 10_000;

/** A list of routes on the way down. */
interface Level {
  readonly routes: At<readonly RouteSpec[]>;
  /** The VirtualService's own scope, or that of the part that is looked at by itself. */
  readonly scope: HostScope;
  readonly table?: Place;
  readonly namePrefix: string;
  readonly parent?: Parent;
  /** The table is rejected: its routes answer this. */
  readonly closed?: ClosedAction;
  /** Of all lists below one route together. */
  readonly budget: { visits: number };
}

type Parted = Level & { readonly parent: Parent };

interface Parent extends Heritage {
  readonly layers: readonly OptionsLayer<RouteOptions>[];
  /** Path of the delegating route of the resource that is compiled. */
  readonly via: string;
}

/** A route while it is planned. */
interface Draft {
  readonly spec: RouteSpec;
  readonly path: string;
  readonly name: string;
  readonly via: string;
  readonly layers: readonly OptionsLayer<RouteOptions>[];
  readonly missing: string | undefined;
}

/** Replaces delegating routes by those of the tables that they lead to, and options by those in force. */
export function planRoutes(
  routes: At<readonly RouteSpec[]>,
  scope: HostScope,
): readonly RoutePlan[] {
  return planLevel({ routes, scope, namePrefix: '', budget: { visits: 0 } });
}

function planLevel(level: Level): readonly RoutePlan[] {
  return level.routes.value.flatMap((spec, index) => {
    if (!level.table) return planRoute(spec, index, { ...level, budget: { visits: 0 } });
    level.budget.visits += 1;
    return level.budget.visits > maxVisits ? [] : planRoute(spec, index, level);
  });
}

function planRoute(written: RouteSpec, index: number, level: Level): readonly RoutePlan[] {
  const { parent, routes, namePrefix } = level;
  const path = `${routes.path}[${index}]`;
  const { strictRoutePaths } = level.scope.context.settings;
  const matched = parent
    ? childMatchers(written, parent, strictRoutePaths)
    : { matchers: written.matchers };
  if ('violation' in matched) {
    const { violation: gloo } = matched;
    localScope(level).findings.warn({
      reason: 'InvalidRoute',
      path: written.matchers?.length ? `${path}.matchers` : path,
      what: `the route is left out, since it is not within the one that delegates to its table: ${gloo}`,
      gloo,
    });
    return [];
  }
  const { matchers } = matched;
  const spec = matchers === undefined ? written : { ...written, matchers: [...matchers] };
  const name = `${namePrefix}${spec.name ?? `unnamed-${index}`}`;
  if (level.closed) {
    const place = level.table ? { place: level.table } : {};
    return [closedPlan({ name, path, ...place }, matchers ?? [], level.closed)];
  }
  const draft = { spec, path, name, via: parent?.via ?? path, ...layersOf(spec, path, level) };
  return spec.delegateAction ? planDelegation(draft, level) : [planOf(draft, level)];
}

/** Where what the routes of this list refer to is looked for, and what is wrong with them told. */
function localScope({ scope, table }: Level): HostScope {
  return scopeAt(scope, table);
}

function layersOf(
  { options, optionsConfigRefs: refs }: RouteSpec,
  path: string,
  level: Level,
): Pick<Draft, 'layers' | 'missing'> {
  const { table, parent } = level;
  const held = table ? { table } : {};
  const own = options
    ? [{ value: options, path: `${path}.options`, ...held, ...(table ? { place: table } : {}) }]
    : [];
  const at = { path: `${path}.optionsConfigRefs`, via: parent?.via ?? path };
  const found = findOptions({ kind: 'RouteOption', refs, ...at, ...held }, localScope(level));
  const layers = [...own, ...found.layers, ...(parent?.layers ?? [])];
  return { layers, missing: found.missing };
}

function planOf({ spec, path, name, layers, missing }: Draft, { table }: Level): RoutePlan {
  const options = mergeOptions(layers);
  return {
    name,
    spec: { ...spec, options: options.value },
    path,
    options,
    ...(table ? { place: table } : {}),
    ...(missing === undefined ? {} : { closed: closed(missing) }),
  };
}

function planDelegation(draft: Draft, level: Level): readonly RoutePlan[] {
  const { spec, path, name, via, layers, missing } = draft;
  const scope = localScope(level);
  const own = { name, path, ...(level.table ? { place: level.table } : {}) };
  const error = parentMatcherFault(draft);
  if (error) {
    const answer = closed(`${error.path}: ${error.what}`);
    return [{ ...planOf(draft, level), closed: answer, errors: [error] }];
  }
  const matcher = parentMatcher(draft, scope);
  if (missing !== undefined) return [closedPlan(own, [matcher], closed(missing))];
  const action = { value: spec.delegateAction ?? {}, path: `${path}.delegateAction` };
  const { tables, isSelection, warning } = delegateTargets(action, scope.namespace, scope.context);
  if (warning) scope.findings.warn(warning);
  if (scope.isDetached === true) {
    for (const table of tables) warnAbsent(table, action.path, scope);
    // For what is written beside it.
    return [{ ...planOf(draft, level), closed: nothingThere(path) }];
  }
  const parent = { matcher, ...inheritanceOf(spec, level.parent), layers, via };
  const inner = { ...level, parent };
  const at = { ...draft, path: action.path };
  const [first] = tables;
  const plans =
    first && isSelection !== true ? planNamed(first, inner, at) : planSelected(tables, inner, at);
  if (level.budget.visits > maxVisits) return [closedPlan(own, [matcher], tooMany(path, scope))];
  // A selection of nothing is as good as one in which nothing matches.
  return first || isSelection === true ? plans : [closedPlan(own, [matcher], nothingThere(path))];
}

/** Tables of lower weight come first; the routes of those with one weight are sorted, as if they were in one table. */
function planSelected(
  refs: readonly TableRef[],
  level: Parted,
  draft: Draft,
): readonly RoutePlan[] {
  const byWeight = new Map<number, RoutePlan[][]>();
  for (const ref of refs) {
    const table = tableOf(ref, level, draft);
    const weight = table?.spec.weight ?? 0;
    const plans = table ? planLevel(levelOf(table, ref, level, draft)) : [];
    byWeight.set(weight, [...(byWeight.get(weight) ?? []), [...plans]]);
  }
  const weights = [...byWeight].toSorted(([a], [b]) => a - b);
  return weights.flatMap(([, tables]) =>
    tables.length > 1 ? sortBySpecificity(tables.flat()) : tables.flat(),
  );
}

interface Table {
  readonly spec: RouteTableSpec;
  readonly isBroken: boolean;
}

/** What a rejected table would have taken stays closed, and only that: nobody can close what belongs to other tables. */
function tableOf(ref: TableRef, level: Parted, { path }: Draft): Table | undefined {
  const scope = localScope(level);
  const found = findPart(ref, scope);
  if (found.resource) return { spec: found.resource.spec, isBroken: false };
  const draft = scope.context.partDrafts.get(refKey(ref));
  if (found.fault) warnRejected(ref, path, found.fault, scope);
  return draft?.kind === 'RouteTable' ? { spec: draft.spec, isBroken: true } : undefined;
}

/** A table that is not there answers as if nothing matched, one that is rejected stays closed; a cycle is an error. */
function planNamed(ref: TableRef, level: Parted, draft: Draft): readonly RoutePlan[] {
  const scope = localScope(level);
  const found = findPart(ref, scope);
  if (found.resource) {
    return planLevel(levelOf({ spec: found.resource.spec, isBroken: false }, ref, level, draft));
  }
  const { name, path, via } = draft;
  const own = { name, path, ...(level.table ? { place: level.table } : {}) };
  const matchers = [level.parent.matcher];
  const { fault } = found;
  if (!fault) {
    warnAbsent(ref, path, scope);
    return [closedPlan(own, matchers, nothingThere(path))];
  }
  if (fault.isCycle) {
    const error: Note = { reason: 'InvalidRoute', path: via, what: fault.text, gloo: fault.text };
    return [closedPlan({ name, path: via, errors: [error] }, matchers, rejected(ref))];
  }
  warnRejected(ref, path, fault, scope);
  return [closedPlan(own, matchers, rejected(ref))];
}

function levelOf(
  { spec, isBroken }: Table,
  ref: TableRef,
  level: Parted,
  { name, via }: Draft,
): Level {
  const scope = localScope(level);
  return {
    ...level,
    routes: { value: spec.routes ?? [], path: 'spec.routes' },
    table: { origin: { ref, via }, users: [...(scope.users ?? []), scope.namespace] },
    namePrefix: `${name}_rt:${ref.namespace}_${ref.name}_route:`,
    ...(isBroken ? { closed: rejected(ref) } : {}),
  };
}

function rejected({ namespace, name }: TableRef): ClosedAction {
  return closed(`the RouteTable ${namespace}.${name} is rejected`);
}

function warnRejected(
  { namespace, name }: TableRef,
  path: string,
  { text }: PartFault,
  { findings }: HostScope,
): void {
  findings.warn({
    reason: 'ReferenceNotFound',
    path,
    what: `the RouteTable ${namespace}.${name} is rejected, requests get 500: ${text}`,
    gloo: `on sub route table ${namespace}.${name}: ${text}`,
  });
}

function warnAbsent(ref: TableRef, path: string, { context, findings }: HostScope): void {
  if (context.partNames.get(refKey(ref)) !== undefined) return;
  const title = `${ref.namespace}.${ref.name}`;
  findings.warn({
    reason: 'ReferenceNotFound',
    path,
    what: 'the route leads to no RouteTable, requests get 404',
    found: `no RouteTable ${shown(title)}`,
    accepted: 'the name of a RouteTable',
    gloo: `route table ${title} missing`,
  });
}

function nothingThere(path: string): ClosedAction {
  return { kind: 'closed', status: 404, body: '', detail: `${path}: leads to no RouteTable` };
}

function tooMany(path: string, { findings }: HostScope): ClosedAction {
  const what = `the tables make more than ${maxVisits} routes, the delegating route stays closed`;
  findings.warn({ reason: 'InvalidRoute', path, what });
  return closed(`${path}: ${what}`);
}
