import { coreKinds } from '../api/kinds.ts';
import type { LocatedProblem } from '../api/problem.ts';
import type { Snapshot } from '../store/store.ts';

/** Of snapshots, which never change: it is asked for every second. */
const known = new WeakMap<Snapshot, readonly LocatedProblem[]>();

/** Problems of which no outcome tells: entries whose name is taken, and resources of Kubernetes itself. */
export function unreportedProblems(snapshot: Snapshot): readonly LocatedProblem[] {
  const problems = known.get(snapshot) ?? findProblems(snapshot);
  known.set(snapshot, problems);
  return problems;
}

function findProblems(snapshot: Snapshot): readonly LocatedProblem[] {
  const duplicates = snapshot.duplicates.map(({ entry, problem }) => {
    return { origin: entry.origin, problem };
  });
  const core = coreKinds.flatMap(({ kind }) =>
    snapshot
      .list(kind)
      .flatMap(({ origin, problems }) => problems.map((problem) => ({ origin, problem }))),
  );
  return [...duplicates, ...core];
}
