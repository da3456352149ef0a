import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { dump } from 'js-yaml';

import type { LocatedProblem } from '../../src/api/problem.ts';
import { compile, type CompileResult } from '../../src/compile/compile.ts';
import { unreportedProblems } from '../../src/control/unreported-problems.ts';
import type { Outcome, ResourceRef } from '../../src/ir/outcome.ts';
import { importKeys } from '../../src/jwt/import-keys.ts';
import { checkRegex } from '../../src/rbac/regex.ts';
import { parseManifestFile } from '../../src/sources/manifest-file.ts';
import { createStore } from '../../src/store/store.ts';
import { goldenFolder } from './golden-story.ts';

/** What became of the manifests of a story. */
export interface GoldenCompile {
  readonly result: CompileResult;
  /** Contents of `table.yaml`. */
  readonly table: string;
  /** Contents of `status.yaml`. */
  readonly status: string;
}

/** Compiles the `in.yaml` of a story the way `run` and `check` do. */
export async function compileStory(story: string): Promise<GoldenCompile> {
  const text = readFileSync(join(goldenFolder, story, 'in.yaml'), 'utf8');
  const file = parseManifestFile('in.yaml', text, 'default');
  const snapshot = snapshotOf(file);
  const result = await compileSnapshot(snapshot);
  // Only a hash of the rest.
  const { version: _version, ...table } = result.table;
  return {
    result,
    table: yaml(table),
    status: yaml({
      resources: result.outcomes.map(shownOutcome),
      otherProblems: [...file.problems, ...unreportedProblems(snapshot)].map(shownProblem),
    }),
  };
}

/** Compiles the text of manifests the way `run` and `check` do. */
export function compileManifests(text: string): Promise<CompileResult> {
  return compileSnapshot(snapshotOf(parseManifestFile('in.yaml', text, 'default')));
}

function snapshotOf(file: ReturnType<typeof parseManifestFile>): Snapshot {
  const store = createStore();
  store.replaceOrigin(
    'in.yaml',
    file.documents.map(({ entry }) => entry),
  );
  return store.snapshot();
}

type Snapshot = ReturnType<ReturnType<typeof createStore>['snapshot']>;

function compileSnapshot(snapshot: Snapshot): Promise<CompileResult> {
  return compile(
    snapshot,
    { importKeys, checkRegex },
    { httpPort: undefined, httpsPort: undefined, allowLocalUpstreams: 'off', lastGood: new Map() },
  );
}

function shownOutcome(outcome: Outcome): object {
  const { ref, origin, state, reason, conditions, findings, keySets } = outcome;
  return { resource: shownRef(ref), origin, state, reason, conditions, findings, keySets };
}

function shownProblem({ origin, problem }: LocatedProblem): object {
  const { ref, severity, reason, path, message } = problem;
  return { resource: shownRef(ref), origin, severity, reason, path, message };
}

function shownRef({ kind, namespace, name }: ResourceRef): string {
  return `${kind} ${namespace}/${name}`;
}

function yaml(value: object): string {
  return dump(value, { noRefs: true, lineWidth: -1 });
}
