import { readdir, realpath, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { AppError, messageOf } from '../base/errors.ts';

/** A file of manifests, with what tells whether it has changed since. */
export interface FoundFile {
  readonly path: string;
  readonly stamp: string;
}

const extensions = new Set(['.yaml', '.yml', '.json']);

/**
 * Every manifest below the given folders, and the given files whatever they are called, in the order of their paths.
 * Hidden names are left out: Kubernetes keeps the parts of a mounted ConfigMap under `..data`, and links to them.
 */
export async function findManifests(paths: readonly string[]): Promise<readonly FoundFile[]> {
  const found = new Map<string, FoundFile>();
  for (const path of paths) {
    const info = await statOf(path);
    if (info?.isDirectory()) await walk(path, new Set(), found);
    else if (info) found.set(path, { path, stamp: stampOf(info) });
  }
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Throws `ERR_SOURCE` for the first path that is not there. */
export async function assertPathsExist(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    try {
      await stat(path);
    } catch (thrown) {
      throw new AppError('ERR_SOURCE', `${path}: cannot be read: ${messageOf(thrown)}`, thrown);
    }
  }
}

async function walk(
  folder: string,
  above: ReadonlySet<string>,
  found: Map<string, FoundFile>,
): Promise<void> {
  const real = await realpath(folder).catch(() => undefined);
  // A link to a folder further up would never end.
  if (real === undefined || above.has(real)) return;
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const path = join(folder, name);
    const info = name.startsWith('.') ? undefined : await statOf(path);
    if (info?.isDirectory()) await walk(path, new Set([...above, real]), found);
    else if (info?.isFile() && extensions.has(extname(name))) {
      found.set(path, { path, stamp: stampOf(info) });
    }
  }
}

type Info = NonNullable<Awaited<ReturnType<typeof statOf>>>;

/** Undefined when the path is not there, or is a link to nothing. */
async function statOf(path: string) {
  return stat(path, { bigint: true }).catch(() => undefined);
}

function stampOf(info: Info): string {
  return `${info.dev}:${info.ino}:${info.size}:${info.mtimeNs}:${info.ctimeNs}`;
}
