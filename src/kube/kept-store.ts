import { setImmediate as nextTurn } from 'node:timers/promises';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import { KeptCopies } from './kept-copies.ts';
import { resourcesOfShard, shardName, shardOfName, type Resources } from './kept-set.ts';
import { emptyHash, readShard, writeShard, type WrittenShard } from './kept-shard.ts';
import { keptVersionsBody, keptVersionsPath } from './kept-versions-kind.ts';
import { KubeApiError } from './kube-api-error.ts';
import type { KubeClient } from './kube-client.ts';
import type { KubeList, KubeObject } from './kube-object.ts';

/** The objects in the cluster that hold the copies, and what is known of them. */
export interface KeptStore {
  /** Reads every object; gives the copies in all of them. */
  readonly readAll: (signal?: AbortSignal) => Promise<Resources>;
  /** Whether `readAll` succeeded since the last `forget`. */
  readonly known: () => boolean;
  /** Somebody else may have written. */
  readonly forget: () => void;
  /**
   * Makes the object of a shard hold its part of `wanted()`, unless it does already; true when that took a write. Where another
   * writer was faster, `found` is told what that one wrote and `wanted` is asked again.
   */
  readonly write: (shard: number, ports: KeptWrite) => Promise<boolean>;
}

/** What a write needs. */
interface KeptWrite {
  readonly wanted: () => Resources;
  readonly found: (resources: Resources) => void;
  readonly signal?: AbortSignal;
}

interface StoreContext {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly logger: Logger;
  /** By shard; the hash is empty when the object cannot be read, so that it differs from what is wanted. */
  readonly stored: Map<number, Stored>;
  /** By shard: what did not fit in, as it was last told. */
  readonly leftOut: Map<number, string>;
}

interface Stored {
  readonly resourceVersion: string;
  readonly hash: string;
}

/** How many objects come at once: each may have 900 KiB. */
const pageSize = 8;

const maxAttempts = 3;

/** Creates the store; nothing is asked for before it is used. */
export function createKeptStore(options: {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly logger: Logger;
}): KeptStore {
  const context: StoreContext = { ...options, stored: new Map(), leftOut: new Map() };
  let known = false;
  let forgotten = 0;
  return {
    readAll: async (signal) => {
      const before = forgotten;
      const resources = await readPages(context, signal);
      // What was to be forgotten meanwhile may be in it.
      known = forgotten === before;
      return resources;
    },
    known: () => known,
    forget: () => {
      known = false;
      forgotten += 1;
    },
    write: (shard, ports) => writeUntilTaken(context, shard, ports),
  };
}

async function readPages(context: StoreContext, signal?: AbortSignal): Promise<Resources> {
  const all = new Map<string, unknown>();
  const path = keptVersionsPath(context.namespace);
  context.stored.clear();
  let next: string | undefined;
  do {
    const query = { limit: String(pageSize), ...(next === undefined ? {} : { continue: next }) };
    const list = await context.client.request<KubeList>({
      method: 'GET',
      path,
      query,
      ...(signal && { signal }),
    });
    for (const object of list.items) {
      for (const [key, manifest] of await readObject(context, object)) all.set(key, manifest);
      await nextTurn();
    }
    next = list.metadata.continue;
  } while (next !== undefined && next !== '');
  return copiesOf(all, context);
}

/** What an object holds; one that cannot be read costs only its own copies. */
async function readObject(
  context: StoreContext,
  object: KubeObject,
): Promise<ReadonlyMap<string, unknown>> {
  const { name, resourceVersion } = object.metadata;
  const shard = shardOfName(name);
  if (shard === undefined) return new Map();
  try {
    const { contents } = (object['spec'] ?? {}) as { readonly contents?: unknown };
    const { manifests, hash, nameless } = await readShard(contents);
    context.stored.set(shard, { resourceVersion, hash });
    if (nameless > 0) context.logger.warn({ name, nameless }, 'kept versions of nothing known');
    return manifests;
  } catch (thrown) {
    context.stored.set(shard, { resourceVersion, hash: '' });
    context.logger.warn({ name, error: messageOf(thrown) }, 'kept versions cannot be read');
    return new Map();
  }
}

function copiesOf(manifests: ReadonlyMap<string, unknown>, { logger }: StoreContext): KeptCopies {
  return new KeptCopies(manifests, (resource) =>
    logger.warn({ resource }, 'kept version is not valid'),
  );
}

async function writeUntilTaken(
  context: StoreContext,
  shard: number,
  ports: KeptWrite,
): Promise<boolean> {
  for (let attempt = 1; ; attempt += 1) {
    const resources = resourcesOfShard(ports.wanted(), shard);
    const written = await writeShard(resources, context.stored.get(shard)?.hash ?? emptyHash);
    tellLeftOut(context, shard, written.leftOut);
    const { contents } = written;
    if (contents === undefined) return false;
    try {
      await send(context, shard, { written: { ...written, contents }, ports });
      return true;
    } catch (thrown) {
      if (!isRace(thrown) || attempt === maxAttempts) throw thrown;
      ports.found(await readAgain(context, shard, ports.signal));
    }
  }
}

/** A shard that has to be stored. */
type Packed = WrittenShard & { readonly contents: string };

async function send(
  context: StoreContext,
  shard: number,
  { written, ports: { signal } }: { readonly written: Packed; readonly ports: KeptWrite },
): Promise<void> {
  const { client, namespace } = context;
  const name = shardName(shard);
  const stored = context.stored.get(shard);
  const { resources, contents, hash } = written;
  const body = keptVersionsBody(
    { namespace, name },
    { resources, contents },
    stored && { resourceVersion: stored.resourceVersion },
  );
  const path = keptVersionsPath(namespace, stored ? name : undefined);
  const method = stored ? 'PUT' : 'POST';
  const answer = await client.request<KubeObject>({
    method,
    path,
    body,
    ...(signal && { signal }),
  });
  context.stored.set(shard, { resourceVersion: answer.metadata.resourceVersion, hash });
}

/** Another writer, or somebody who removed the object. A POST that finds no such path has found no such kind. */
function isRace(thrown: unknown): boolean {
  return thrown instanceof KubeApiError && (thrown.status === 409 || thrown.status === 404);
}

async function readAgain(
  context: StoreContext,
  shard: number,
  signal?: AbortSignal,
): Promise<Resources> {
  const path = keptVersionsPath(context.namespace, shardName(shard));
  try {
    const object = await context.client.request<KubeObject>({
      method: 'GET',
      path,
      ...(signal && { signal }),
    });
    return copiesOf(await readObject(context, object), context);
  } catch (thrown) {
    if (!(thrown instanceof KubeApiError) || thrown.status !== 404) throw thrown;
    context.stored.delete(shard);
    return new Map();
  }
}

function tellLeftOut(
  { leftOut, logger }: StoreContext,
  shard: number,
  keys: readonly string[],
): void {
  const told = keys.join(' ');
  if ((leftOut.get(shard) ?? '') === told) return;
  leftOut.set(shard, told);
  if (keys.length > 0) logger.warn({ resources: keys }, 'no room to keep versions');
}
