import { KubeApiError } from '../../src/kube/kube-api-error.ts';
import type { KubeClient, KubeRequest } from '../../src/kube/kube-client.ts';
import type { KubeObject } from '../../src/kube/kube-object.ts';

/** The part of the Kubernetes API that keeps objects of one kind in one namespace, in memory. */
export interface KeptApi {
  readonly client: KubeClient;
  /** By name. */
  readonly objects: Map<string, KubeObject>;
  /** `METHOD name` of each request, in order. */
  readonly requests: string[];
  /** Requests without an answer yet. */
  waiting: number;
  /** Called before each request; what it throws is the answer. */
  before: (request: KubeRequest) => void | Promise<void>;
}

export function createKeptApi(): KeptApi {
  let version = 0;
  const objects = new Map<string, KubeObject>();
  const store = (name: string, body: object): KubeObject => {
    version += 1;
    const copy = structuredClone(body) as KubeObject;
    const metadata = { ...copy.metadata, uid: name, resourceVersion: String(version) };
    const object = { ...copy, metadata };
    objects.set(name, object);
    return object;
  };
  const answer = ({ method, path, query, body }: KubeRequest): unknown => {
    const name = /keptversions\/(.+)$/.exec(path)?.[1];
    if (name === undefined && method === 'GET') return page([...objects.values()], query);
    const sent = body as KubeObject | undefined;
    const target = name ?? sent?.metadata.name ?? '';
    const stored = objects.get(target);
    if (method === 'POST') {
      if (stored) throw new KubeApiError(409, 'already exists');
      return store(target, sent ?? {});
    }
    if (!stored) throw new KubeApiError(404, 'not found');
    if (method === 'GET') return stored;
    const isCurrent = sent?.metadata.resourceVersion === stored.metadata.resourceVersion;
    if (!isCurrent) throw new KubeApiError(409, 'the object has been modified');
    return store(target, sent ?? {});
  };
  const api: KeptApi = {
    objects,
    requests: [],
    waiting: 0,
    before: () => undefined,
    client: {
      request: async <T>(request: KubeRequest): Promise<T> => {
        const sent = request.body as KubeObject | undefined;
        const name = sent?.metadata.name ?? /keptversions\/(.+)$/.exec(request.path)?.[1] ?? '*';
        api.requests.push(`${request.method} ${name}`);
        api.waiting += 1;
        try {
          await api.before(request);
        } finally {
          api.waiting -= 1;
        }
        return answer(request) as T;
      },
      watch: () => {
        throw new Error('nobody watches kept versions');
      },
      onRecovered: () => () => undefined,
      close: () => Promise.resolve(),
      stats: () => ({ requests: 0, connectionsOpened: 0, connections: 0 }),
    },
  };
  return api;
}

function page(all: readonly KubeObject[], query: KubeRequest['query']): object {
  const start = Number(query?.['continue'] ?? 0);
  const end = start + Number(query?.['limit'] ?? all.length);
  const metadata = { resourceVersion: '1', ...(end < all.length ? { continue: String(end) } : {}) };
  return { metadata, items: all.slice(start, end) };
}
