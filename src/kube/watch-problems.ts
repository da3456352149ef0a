import { coreKinds, kinds } from '../api/kinds.ts';
import { explainProblem, type LocatedProblem, type Problem } from '../api/problem.ts';
import type { WatchedCollection, WatchTarget } from './watched-collection.ts';

/** Which kinds cannot be watched, and what is missing for it. */
export function watchProblems(
  collections: readonly WatchedCollection[],
): readonly LocatedProblem[] {
  return collections.flatMap(({ target, state }) => {
    const problem = problemOf(target, state());
    return problem === undefined ? [] : [{ origin: '', problem }];
  });
}

/** They are watched by label. */
const selected: ReadonlySet<string> = new Set(['EndpointSlice', 'Pod']);

function problemOf(
  target: WatchTarget,
  state: ReturnType<WatchedCollection['state']>,
): Problem | undefined {
  const { kind, namespace = '', name = '' } = target;
  const fault = { ref: { kind, namespace, name }, path: '' };
  if (state === 'absent') {
    const message = explainProblem('no such kind in the cluster', `its CRD, ${resourceOf(kind)}`);
    return { ...fault, severity: 'warning', reason: 'KindAbsent', message };
  }
  if (state !== 'forbidden') return undefined;
  const named = name === '' || selected.has(kind) ? '' : ` with the name ${name}`;
  const message = explainProblem(
    `no right to list and watch ${resourceOf(kind)}${named} ${placeOf(target)}`,
    'a Role or ClusterRole that grants both',
  );
  return { ...fault, severity: 'error', reason: 'KindForbidden', message };
}

function placeOf({ namespace }: WatchTarget): string {
  return namespace === undefined ? 'in all namespaces' : `in namespace ${namespace}`;
}

/** As rules of a Role and names of CRDs have it: `virtualservices.gateway.solo.io`. */
function resourceOf(kind: string): string {
  const found = [...kinds, ...coreKinds].find((one) => one.kind === kind);
  if (found === undefined) return kind;
  return found.group === '' ? found.plural : `${found.plural}.${found.group}`;
}
