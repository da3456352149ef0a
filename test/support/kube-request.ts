import { connect, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2';
import { text } from 'node:stream/consumers';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { readKubeConfig } from './kube-config-file.ts';

/** A small client of the Kubernetes API that owes nothing to the one under test. */
export interface KubeRequests {
  /** Sends a body as JSON; gives the parsed answer, and throws when it is not 2xx. */
  readonly send: (method: string, path: string, body?: unknown) => Promise<KubeAnswer>;
  /** Tells every event of a watch, until it is stopped; one that ends is taken up where it was, as far as the API still knows. */
  readonly watch: (path: string, told: (event: KubeEvent) => void) => { readonly stop: () => void };
  readonly close: () => void;
}

export interface KubeAnswer {
  readonly metadata: KubeMetadata;
  readonly status?: KubeStatus;
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly items?: readonly KubeAnswer[];
}

interface KubeMetadata {
  readonly name: string;
  readonly namespace: string;
  readonly resourceVersion: string;
  readonly uid: string;
  readonly generation?: number;
}

interface KubeStatus {
  readonly conditions?: readonly {
    readonly type: string;
    readonly status: string;
    readonly observedGeneration?: number;
  }[];
}

export interface KubeEvent {
  /** Undefined when it is no event, but the reason of a refusal. */
  readonly type?: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: KubeAnswer;
}

/** Talks as the user of a kubeconfig, over one connection that is made anew when it has ended. */
export function createKubeRequests(kubeconfig: string): KubeRequests {
  const { server, authority, token } = readKubeConfig(kubeconfig);
  const authorization = `Bearer ${token}`;
  let open: ClientHttp2Session | undefined;
  const session = () => {
    if (open && !open.closed && !open.destroyed) return open;
    open = connect(server, { ca: authority });
    // Told to whoever has a stream open; without a listener it would end the process.
    open.on('error', () => undefined);
    return open;
  };
  return {
    send: (method, path, body) => send(session(), { method, path, body, authorization }),
    watch: (path, told) => {
      const stopped = new AbortController();
      void keepWatching(
        (version) => session().request({ ':path': `${path}${version}`, authorization }),
        told,
        stopped.signal,
      );
      return { stop: () => stopped.abort() };
    },
    close: () => open?.destroy(),
  };
}

/** The API ends a watch when it likes, for one when something about a CRD is new. */
async function keepWatching(
  open: (version: string) => ClientHttp2Stream,
  told: (event: KubeEvent) => void,
  stopped: AbortSignal,
): Promise<void> {
  let version = '';
  const take = (line: string) => {
    const event = eventOf(line);
    const known = event?.type !== undefined && event.type !== 'ERROR';
    version = known ? `&resourceVersion=${event.object.metadata.resourceVersion}` : '';
    if (known) told(event);
  };
  while (!stopped.aborted) {
    const stream = open(version);
    const stop = () => stream.close();
    stopped.addEventListener('abort', stop);
    // That it is over is all there is to know.
    stream.on('error', () => undefined);
    const lines = createInterface({ input: stream }).on('line', take);
    await new Promise((resolve) => void stream.once('close', resolve));
    lines.close();
    stopped.removeEventListener('abort', stop);
    await delay(50);
  }
}

/** Undefined when the line was cut short. */
function eventOf(line: string): KubeEvent | undefined {
  try {
    return JSON.parse(line) as KubeEvent;
  } catch {
    return undefined;
  }
}

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly authorization: string;
}

async function send(session: ClientHttp2Session, sent: Sent): Promise<KubeAnswer> {
  const { method, path, body, authorization } = sent;
  const stream = session.request({
    ':method': method,
    ':path': path,
    'content-type': contentType(method, body),
    authorization,
  });
  stream.end(body === undefined ? undefined : JSON.stringify(body));
  // Read from the beginning: when an answer comes in one piece, its stream is closed before anything that awaits its head runs.
  const [status, answer] = await Promise.all([statusOf(stream), text(stream)]);
  if (status >= 200 && status < 300) return JSON.parse(answer) as KubeAnswer;
  throw new Error(`${method} ${path}: ${status} ${answer}`);
}

/** A list of operations is a JSON Patch, an object is merged. */
function contentType(method: string, body: unknown): string {
  if (method !== 'PATCH') return 'application/json';
  return Array.isArray(body) ? 'application/json-patch+json' : 'application/merge-patch+json';
}

function statusOf(stream: ClientHttp2Stream): Promise<number> {
  return new Promise((resolve, reject) => {
    stream.once('response', (headers) => resolve(headers[':status'] ?? 0));
    stream.once('error', reject);
    stream.once('close', () => reject(new Error('the stream ended without an answer')));
  });
}
