import { setImmediate as nextTurn } from 'node:timers/promises';
import { AnswerTooLongError } from './kube-answer.ts';
import { KubeApiError } from './kube-api-error.ts';
import type { KubeClient } from './kube-client.ts';
import type { KubeList, KubeMetadata, KubeObject } from './kube-object.ts';

/** A collection as it was at one version. */
export interface Listed {
  readonly objects: readonly KubeObject[];
  readonly resourceVersion: string;
}

export interface ListAllOptions {
  readonly client: KubeClient;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Called before each request. */
  readonly asks: () => void;
  /** Called with the objects of a page while the next one is on its way: time for what is to be done with each anyway. */
  readonly arriving: (objects: readonly KubeObject[]) => void;
}

const pageSize = 500;
/** A page of large objects takes a while to be written, and to be read. */
const pageWithinMs = 30_000;

/**
 * Reads a collection page by page. No version is asked for, which gives the newest: any other way a server that lags behind could
 * give an older state than is known already.
 */
export async function listAll(options: ListAllOptions): Promise<Listed> {
  try {
    return await listPages(options, pageSize);
  } catch (thrown) {
    // The version of the first page was compacted before the last one was read; all at once it cannot be.
    if (!(thrown instanceof KubeApiError) || thrown.status !== 410) throw thrown;
    return listPages(options, undefined);
  }
}

async function listPages(options: ListAllOptions, firstLimit: number | undefined): Promise<Listed> {
  const objects: KubeObject[] = [];
  let asked = readPage(options, { limit: firstLimit, next: undefined });
  for (;;) {
    const { page, limit } = await asked;
    const items = itemsOf(page);
    objects.push(...items);
    const next = page.metadata.continue;
    if (!next) return { objects, resourceVersion: page.metadata.resourceVersion };
    asked = readPage(options, { limit, next });
    // It may fail before it is waited for.
    asked.catch(() => undefined);
    // The request has to leave first.
    await nextTurn();
    options.arriving(items);
  }
}

/** The items of a list of a built-in kind do not say what they are. */
function itemsOf({ apiVersion, kind, items }: KubeList): readonly KubeObject[] {
  const type = {
    ...(apiVersion === undefined ? {} : { apiVersion }),
    ...(kind === undefined ? {} : { kind: kind.replace(/List$/, '') }),
  };
  return items.map((item) => ({ ...type, ...tidied(item) }));
}

/** Where a page begins, and how many objects it may have; undefined is all. */
interface PageStart {
  readonly limit: number | undefined;
  readonly next: string | undefined;
}

/** A page, and the limit for the next: a few dozen objects of the size that the API takes are longer than any answer may be. */
async function readPage(
  options: ListAllOptions,
  { limit, next }: PageStart,
): Promise<{ readonly page: KubeList; readonly limit: number | undefined }> {
  for (let tried = limit; ; tried = smaller(tried)) {
    try {
      return { page: await askForPage(options, { limit: tried, next }), limit: tried };
    } catch (thrown) {
      const isTooLong =
        thrown instanceof KubeApiError && thrown.cause instanceof AnswerTooLongError;
      if (!isTooLong || tried === 1) throw thrown;
    }
  }
}

function smaller(limit: number | undefined): number {
  return Math.max(1, Math.floor((limit ?? pageSize) / 8));
}

async function askForPage(
  { client, path, query, signal, asks }: ListAllOptions,
  { limit, next }: PageStart,
): Promise<KubeList> {
  asks();
  const page = await client.request<unknown>({
    method: 'GET',
    path,
    signal,
    timeoutMs: pageWithinMs,
    query: {
      ...query,
      ...(limit === undefined ? {} : { limit: String(limit) }),
      ...(next === undefined ? {} : { continue: next }),
    },
  });
  return checked(page, path);
}

/** Without `managedFields`, which are often longer than all the rest and which nothing here reads. */
export function tidied(object: KubeObject): KubeObject {
  const { managedFields: _, ...metadata } = object.metadata as KubeMetadata & {
    readonly managedFields?: unknown;
  };
  return { ...object, metadata };
}

/** A proxy that answers 200 with something else must not empty the collection. */
function checked(body: unknown, path: string): KubeList {
  const { items, metadata } = (body ?? {}) as Partial<KubeList>;
  if (Array.isArray(items) && typeof metadata?.resourceVersion === 'string') {
    return body as KubeList;
  }
  throw new KubeApiError(0, `GET ${path}: the answer is no list`);
}
