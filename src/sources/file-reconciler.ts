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
  /** A file is gone, empty or still being written, which may be an editor at work: look again after this time. */
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

/** Half of a manifest can be a manifest that allows more: a file is read when it has not changed for this long. */
const stillMs = 75;

/** Creates a reconciler that knows of no file yet. */
export function createFileReconciler(options: FileReconcilerOptions): FileReconciler {
  const state: State = {
    ...options,
    known: new Map(),
    moving: new Map(),
    history: createResourceHistory(),
    loaded: false,
  };
  return {
    scan: () => scan(state),
    problems: () => [...state.known.values()].flatMap(({ problems }) => problems),
  };
}

interface State extends FileReconcilerOptions {
  readonly known: Map<string, Known>;
  /** Files that have changed and are not read yet: their stamp, and since when they have it. */
  readonly moving: Map<string, { readonly stamp: string; readonly since: number }>;
  /** Whether everything was read once: nobody waits for a file at the start. */
  loaded: boolean;
  readonly history: ResourceHistory;
}

async function scan(state: State): Promise<ScanResult> {
  const { known, history } = state;
  const found = await findManifests(state.paths);
  const fresh = found.filter(({ path, stamp }) => known.get(path)?.stamp !== stamp);
  const still = fresh.filter((file) => isStill(state, file));
  const changed = await readFiles(still, state.defaultNamespace);
  state.loaded = true;
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
      state.moving.delete(path);
      state.store.replaceOrigin(path, []);
    }
  }
  history.retain(new Set([...known.values()].flatMap(({ keys }) => keys)));
  if (fresh.length > still.length) return { doubtMs: stillMs };
  return doubtedPaths.size > 0 ? { doubtMs: graceMs } : {};
}

/** False while a file is being written, as far as one can tell: it has changed a moment ago. */
function isStill({ moving, loaded, clock }: State, { path, stamp }: FoundFile): boolean {
  if (!loaded) return true;
  const before = moving.get(path);
  const now = clock.monotonic();
  if (before?.stamp === stamp) return now - before.since >= stillMs;
  moving.set(path, { stamp, since: now });
  return false;
}

/** True while a file that held resources should not yet be believed to hold none. */
function isDoubted({ known, clock }: State, path: string): boolean {
  const before = known.get(path);
  if (before === undefined || before.keys.length === 0) return false;
  before.doubtedAt ??= clock.monotonic();
  return clock.monotonic() - before.doubtedAt < graceMs;
}

function applyFile(state: State, { path, stamp, content }: Changed): void {
  const { known, moving, history, store, clock, logger } = state;
  moving.delete(path);
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

async function readFiles(
  files: readonly FoundFile[],
  defaultNamespace: string,
): Promise<readonly Changed[]> {
  const read: Changed[] = [];
  for (const { path, stamp } of files) {
    read.push({ path, stamp, content: await readManifestFile(path, defaultNamespace) });
  }
  return read;
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
