import type { LocalAddresses } from '../base/local-addresses.ts';
import { problemLine, type LocatedProblem } from '../api/problem.ts';
import { compileTools } from '../app.ts';
import { compile, type CompileResult } from '../compile/compile.ts';
import { unreportedProblems } from '../control/unreported-problems.ts';
import type { Finding, Outcome, ResourceRef } from '../ir/outcome.ts';
import { assertPathsExist, findManifests } from '../sources/file-tree.ts';
import { readManifestFile, type ManifestDocument } from '../sources/manifest-file.ts';
import { createStore } from '../store/store.ts';

/** A finding of `check`, with the line it is at. */
export interface CheckFinding extends Finding {
  readonly ref: ResourceRef;
  readonly file: string;
  readonly line: number;
}

/** What `check` found. */
export interface CheckResult {
  /** In the order of files and lines. */
  readonly findings: readonly CheckFinding[];
  readonly outcomes: readonly Outcome[];
}

export interface CheckOptions {
  readonly paths: readonly string[];
  readonly namespace: string;
  readonly allowLocalUpstreams: LocalAddresses;
  readonly allowExternalName: boolean;
}

/** Reads and compiles manifests as `run` would, without serving them and without the network. */
export async function checkManifests(options: CheckOptions): Promise<CheckResult> {
  const { findings, result } = await compileManifests(options);
  return { findings, outcomes: result.outcomes };
}

/** Manifests, compiled. */
export interface CompiledManifests {
  /** In the order of files and lines. */
  readonly findings: readonly CheckFinding[];
  readonly result: CompileResult;
}

/** The same, with all that the compile gave. */
export async function compileManifests(options: CheckOptions): Promise<CompiledManifests> {
  const { paths, namespace, allowLocalUpstreams, allowExternalName } = options;
  await assertPathsExist(paths);
  const store = createStore();
  const documents = new Map<string, ManifestDocument>();
  const located: LocatedProblem[] = [];
  for (const { path } of await findManifests(paths)) {
    const file = await readManifestFile(path, namespace);
    located.push(...file.problems);
    const entries = file.documents.map(({ entry }) => entry);
    for (const document of file.documents) documents.set(document.entry.origin, document);
    store.replaceOrigin(path, entries);
  }
  const snapshot = store.snapshot();
  const result = await compile(snapshot, compileTools, {
    httpPort: undefined,
    httpsPort: undefined,
    allowLocalUpstreams,
    allowExternalName,
    lastGood: new Map(),
  });
  const lineIn = (origin: string, path: string): string =>
    documents.get(origin)?.originOf(path) ?? origin;
  const findings = [
    ...located.map(({ origin, problem }) => findingAt(origin, problem.ref, problem)),
    ...unreportedProblems(snapshot).map(({ origin, problem }) =>
      findingAt(lineIn(origin, problem.path), problem.ref, problem),
    ),
    ...result.outcomes.flatMap(({ ref, origin, findings }) =>
      findings.map((finding) => findingAt(lineIn(origin, finding.path), ref, finding)),
    ),
  ];
  return { findings: findings.sort(byPlace), result };
}

function findingAt(
  origin: string,
  { kind, namespace, name }: ResourceRef,
  { severity, reason, path, message }: Finding,
): CheckFinding {
  const colon = origin.lastIndexOf(':');
  const place = { file: origin.slice(0, colon), line: Number(origin.slice(colon + 1)) };
  return { ...place, severity, reason, ref: { kind, namespace, name }, path, message };
}

function byPlace(a: CheckFinding, b: CheckFinding): number {
  return a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1;
}

/** `file:line: error: VirtualService default/x: spec…: …`, in the form that editors know how to jump to. */
export function findingLine(finding: CheckFinding): string {
  const { file, line, severity, ref } = finding;
  const resource = ref.kind === 'File' ? '' : `${shownRef(ref)}: `;
  return `${file}:${line}: ${severity}: ${resource}${problemLine(finding)}\n`;
}

/** A document may have no kind or no name. */
function shownRef(ref: ResourceRef): string {
  const named = ref.name === '' ? 'without a name' : `${ref.namespace}/${ref.name}`;
  return `${ref.kind === '' ? 'resource' : ref.kind} ${named}`;
}
