import type { Clock } from '../base/clock.ts';
import { KubeApiError } from './kube-api-error.ts';
import type { KubeClient } from './kube-client.ts';
import type { KubeObject, WatchEvent } from './kube-object.ts';
import { tidied } from './list-all.ts';

export interface WatchFromOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** What comes after it is told. */
  readonly resourceVersion: string;
  readonly signal: AbortSignal;
  readonly random: () => number;
  /** The server has accepted the watch. */
  readonly opened: () => void;
  readonly changed: (object: KubeObject) => void;
  readonly deleted: (object: KubeObject) => void;
  /** Everything up to this version was told. */
  readonly seen: (resourceVersion: string) => void;
}

/** How long the server is asked to keep a watch: 5 to 10 minutes, so that not all end together. */
const shortestSeconds = 300;
const longestSeconds = 600;
/** A watch that the server does not end by itself is cut. */
const overdueMs = 60_000;

/** Watches until the server ends it, which is its normal end; throws `KubeApiError` for every other. */
export async function watchFrom(options: WatchFromOptions): Promise<void> {
  const { client, clock, path, query, resourceVersion, random, opened } = options;
  const spread = longestSeconds - shortestSeconds;
  const seconds = shortestSeconds + Math.floor(random() * spread);
  const overdue = new AbortController();
  const stop = clock.after(seconds * 1000 + overdueMs, () => overdue.abort());
  const abort = (): void => overdue.abort();
  options.signal.addEventListener('abort', abort, { once: true });
  try {
    const lines = client.watch({
      method: 'GET',
      path,
      signal: overdue.signal,
      opened,
      query: {
        ...query,
        watch: '1',
        allowWatchBookmarks: 'true',
        resourceVersion,
        timeoutSeconds: String(seconds),
      },
    });
    for await (const line of lines) {
      if (options.signal.aborted) return;
      tell(eventOf(line, path), options);
    }
    opened();
  } finally {
    stop();
    options.signal.removeEventListener('abort', abort);
  }
}

function tell({ type, object }: WatchEvent, options: WatchFromOptions): void {
  if (type === 'ADDED' || type === 'MODIFIED') options.changed(tidied(object));
  if (type === 'DELETED') options.deleted(tidied(object));
  options.seen(object.metadata.resourceVersion);
}

const types = new Set<unknown>(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK']);

/** An event; throws for `ERROR`, and for what is none: passed over, it would be a change that nobody hears of. */
function eventOf(line: unknown, path: string): WatchEvent {
  const { type, object } = (line ?? {}) as Partial<WatchEvent>;
  if (type === 'ERROR') throw errorOf(object, path);
  if (types.has(type) && typeof object?.metadata?.resourceVersion === 'string') {
    return line as WatchEvent;
  }
  throw new KubeApiError(0, `WATCH ${path}: a line is no event`);
}

/** A `Status`; the reasons are what Kubernetes itself goes by where the code is missing. */
function errorOf(status: unknown, path: string): KubeApiError {
  const { code, reason, message, details } = (status ?? {}) as Readonly<Record<string, unknown>>;
  const expired = reason === 'Expired' || reason === 'Gone';
  const shown = expired ? 410 : Number(code) || 500;
  const said = typeof message === 'string' ? message.slice(0, 500) : 'no message';
  const seconds = Number(
    (details as { retryAfterSeconds?: unknown } | undefined)?.retryAfterSeconds,
  );
  return new KubeApiError(shown, `WATCH ${path}: ${shown}: ${said}`, {
    retryAfterMs: seconds > 0 ? seconds * 1000 : undefined,
  });
}
