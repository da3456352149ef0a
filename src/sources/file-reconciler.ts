import { problemLine, type LocatedProblem } from '../api/problem.ts';
import { refKey } from '../api/resource.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import type { Store } from '../store/store.ts';
import { findManifests, type FoundFile } from './file-tree.ts';
import { readManifestFile, type ManifestFile } from './manifest-file.ts';
import { createResourceHistory, type ResourceHistory } from './resource-history.ts';

/** Brings the store in line with the files, by comparing; it does not matter what told it to look. */
export interface FileReconciler {
  readonly scan: () => Promise<ScanResult>;
  readonly problems: () => readonly LocatedProblem[];
}

interface ScanResult {
  /** A file has gone or is empty, which may be an editor at work: look again after this time. */
  readonly doubtMs?: number;
}

export interface FileReconcilerOptions {
  readonly paths: readonly string[];
  readonly store: Store;
  /** Namespace of resources that name none. */
  readonly defaultNamespace: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What is known of one file. */
interface Known {
  stamp: string;
  problems: readonly LocatedProblem[];
  /** `refKey` of the entries in the store: of the last version that could be read. */
  keys: readonly string[];
  /** When the file was first found gone or empty. */
  doubtedAt: number | undefined;
}

/** Many editors empty or move a file before they write it anew: only after this time is it taken for deleted. */
const graceMs = 150;

/** Creates a reconciler that knows of no file yet. */
export function createFileReconciler(options: FileReconcilerOptions): FileReconciler {
  const state: State = { ...options, known: new Map(), history: createResourceHistory() };
  return {
    scan: () => scan(state),
    problems: () => [...state.known.values()].flatMap(({ problems }) => problems),
  };
}

interface State extends FileReconcilerOptions {
  readonly known: Map<string, Known>;
  readonly history: ResourceHistory;
}

async function scan(state: State): Promise<ScanResult> {
  const { known, history } = state;
  const found = await findManifests(state.paths);
  const changed = await readChanged(found, known, state.defaultNamespace);
  const doubtedPaths = new Set<string>();
  for (const file of changed) {
    if (file.content.empty && isDoubted(state, file.path)) doubtedPaths.add(file.path);
    else applyFile(state, file);
  }
  const present = new Set(found.map(({ path }) => path));
  const moved = new Set(changed.flatMap(({ path }) => known.get(path)?.keys ?? []));
  for (const [path, before] of known) {
    if (present.has(path)) {
      if (!doubtedPaths.has(path)) before.doubtedAt = undefined;
    } else if (!before.keys.every((key) => moved.has(key)) && isDoubted(state, path)) {
      // What is neither elsewhere now nor gone for long may be an editor at work.
      doubtedPaths.add(path);
    } else {
      known.delete(path);
      state.store.replaceOrigin(path, []);
    }
  }
  history.retain(new Set([...known.values()].flatMap(({ keys }) => keys)));
  return doubtedPaths.size > 0 ? { doubtMs: graceMs } : {};
}

/** True while a file that held resources should not yet be believed to hold none. */
function isDoubted({ known, clock }: State, path: string): boolean {
  const before = known.get(path);
  if (before === undefined || before.keys.length === 0) return false;
  before.doubtedAt ??= clock.monotonic();
  return clock.monotonic() - before.doubtedAt < graceMs;
}

function applyFile(state: State, { path, stamp, content }: Changed): void {
  const { known, history, store, clock, logger } = state;
  const before = known.get(path);
  const { problems } = content;
  logNewProblems(problems, before?.problems ?? [], logger);
  if (content.malformed) {
    // The last version that could be read goes on serving.
    known.set(path, { stamp, problems, keys: before?.keys ?? [], doubtedAt: undefined });
    return;
  }
  const now = clock.now();
  const entries = content.documents.map((document) => history.stamp(document, now));
  const keys = entries.map((entry) => refKey(entry.ref));
  known.set(path, { stamp, problems, keys, doubtedAt: undefined });
  store.replaceOrigin(path, entries);
}

interface Changed extends FoundFile {
  readonly content: ManifestFile;
}

/** Reads the files whose stamp is not the known one. */
async function readChanged(
  found: readonly FoundFile[],
  known: ReadonlyMap<string, Known>,
  defaultNamespace: string,
): Promise<readonly Changed[]> {
  const changed: Changed[] = [];
  for (const { path, stamp } of found) {
    if (known.get(path)?.stamp === stamp) continue;
    changed.push({ path, stamp, content: await readManifestFile(path, defaultNamespace) });
  }
  return changed;
}

function logNewProblems(
  now: readonly LocatedProblem[],
  before: readonly LocatedProblem[],
  logger: Logger,
): void {
  const said = new Set(before.map(spoken));
  for (const located of now) {
    if (said.has(spoken(located))) continue;
    const { origin, problem } = located;
    const { severity, reason, path, message } = problem;
    logger.warn({ origin, severity, reason, path, problem: message }, 'manifest not used');
  }
}

/** What is logged once. */
function spoken({ origin, problem }: LocatedProblem): string {
  return `${origin} ${problemLine(problem)}`;
}
