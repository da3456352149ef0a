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
    return await listPages(options, { limit: String(pageSize) });
  } catch (thrown) {
    // The version of the first page was compacted before the last one was read; all at once it cannot be.
    if (!(thrown instanceof KubeApiError) || thrown.status !== 410) throw thrown;
    return listPages(options, {});
  }
}

async function listPages(
  { client, path, query, signal, asks }: ListAllOptions,
  limit: Readonly<Record<string, string>>,
): Promise<Listed> {
  const objects: KubeObject[] = [];
  let next: string | undefined;
  for (;;) {
    asks();
    const page: KubeList = checked(
      await client.request<unknown>({
        method: 'GET',
        path,
        signal,
        timeoutMs: pageWithinMs,
        query: { ...query, ...limit, ...(next === undefined ? {} : { continue: next }) },
      }),
      path,
    );
    const type = {
      ...(page.apiVersion === undefined ? {} : { apiVersion: page.apiVersion }),
      ...(page.kind === undefined ? {} : { kind: page.kind.replace(/List$/, '') }),
    };
    // The items of a list of a built-in kind do not say what they are.
    for (const item of page.items) objects.push({ ...type, ...tidied(item) });
    next = page.metadata.continue;
    if (!next) return { objects, resourceVersion: page.metadata.resourceVersion };
  }
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
