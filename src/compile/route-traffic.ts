import type { HeaderChanges } from '../ir/route-headers.ts';
import type { Route } from '../ir/table.ts';
import { compileCors } from './cors.ts';
import { compileFaults } from './faults.ts';
import { copyFindings, createFindings, type Findings } from './findings.ts';
import { compileHeaderChanges } from './header-changes.ts';
import type { HostPlan } from './host-plan.ts';
import type { MergedOptions } from './merged-options.ts';
import { scopeAt } from './parts.ts';
import type { HostScope } from './providers.ts';
import type { RoutePlan } from './route-plan.ts';

/** The header changes of a virtual host: all its routes have them, so they are compiled once. */
export interface HostHeaders {
  readonly changes: HeaderChanges | undefined;
  readonly findings: Findings;
}

/** Compiles the header changes of the virtual host itself. */
export function compileHostHeaders({ options }: HostPlan, scope: HostScope): HostHeaders {
  const findings = createFindings();
  return { changes: changesOf(options, { ...scope, findings }), findings };
}

/** What is done to requests and answers of a route, beside who may use it and where they go. */
export function compileTraffic(
  plan: RoutePlan,
  { host, headers }: { readonly host: HostPlan; readonly headers: HostHeaders },
  scope: HostScope,
): Pick<Route, 'headers' | 'cors' | 'fault'> {
  copyFindings(headers.findings, scope.findings, () => false);
  const levels = [changesOf(plan.options, scope), headers.changes].flatMap((one) => one ?? []);
  const cors = compileCors(plan, host, scope);
  const fault = compileFaults(plan, scope);
  return {
    ...(levels.length > 0 ? { headers: levels } : {}),
    ...(cors ? { cors } : {}),
    ...(fault ? { fault } : {}),
  };
}

type HeaderOptions = Pick<
  MergedOptions<{ headerManipulation?: Parameters<typeof compileHeaderChanges>[0]['value'] }>,
  'value' | 'layerOf'
>;

function changesOf({ value, layerOf }: HeaderOptions, scope: HostScope): HeaderChanges | undefined {
  const layer = layerOf('headerManipulation');
  if (!value.headerManipulation || !layer) return undefined;
  const at = { value: value.headerManipulation, path: `${layer.path}.headerManipulation` };
  return compileHeaderChanges(at, scopeAt(scope, layer.place));
}
