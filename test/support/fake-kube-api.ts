import { KubeApiError } from '../../src/kube/kube-api-error.ts';
import type { KubeClient, KubeRequest } from '../../src/kube/kube-client.ts';
import type { KubeObject } from '../../src/kube/kube-object.ts';

/** An API server in memory: objects by path, versions, merge patches, preconditions; discovery as it is told. */
export interface FakeKubeApi {
  readonly client: KubeClient;
  /** Every request that was made, in order. */
  readonly requests: KubeRequest[];
  /** Puts an object, as somebody else would; gives it a new version. */
  readonly put: (path: string, object: Record<string, unknown>) => KubeObject;
  readonly get: (path: string) => KubeObject | undefined;
  readonly remove: (path: string) => void;
  /** Names that the discovery document of a group lists. */
  readonly discovery: Map<string, readonly string[]>;
  /** Called before a request is answered: may throw, wait, or change something. */
  onRequest: (request: KubeRequest) => void | Promise<void>;
  /** What the schema of a CRD keeps of a status. */
  prune: (status: Record<string, unknown>) => Record<string, unknown>;
}

export function createFakeKubeApi(): FakeKubeApi {
  const objects = new Map<string, Record<string, unknown>>();
  let version = 100;
  const api: FakeKubeApi = {
    client: {
      request: async <T>(request: KubeRequest) => {
        api.requests.push(request);
        await api.onRequest(request);
        return structuredClone(answer(request)) as T;
      },
      watch: () => {
        throw new TypeError('no watches here');
      },
      onRecovered: () => () => undefined,
      close: async () => undefined,
      stats: () => ({ requests: api.requests.length, connectionsOpened: 0, connections: 0 }),
    },
    requests: [],
    put: (path, object) => store(path, object),
    get: (path) => structuredClone(objects.get(path)) as KubeObject | undefined,
    remove: (path) => void objects.delete(path),
    discovery: new Map(),
    onRequest: () => undefined,
    prune: (status) => status,
  };
  return api;

  function store(path: string, object: Record<string, unknown>): KubeObject {
    version += 1;
    const { metadata, ...rest } = object;
    const name = path.split('/').at(-1);
    const stored = {
      ...rest,
      metadata: {
        name,
        uid: `uid-${name}`,
        ...(metadata as object),
        resourceVersion: `${version}`,
      },
    };
    objects.set(path, structuredClone(stored));
    return stored as unknown as KubeObject;
  }

  function answer({ method, path, body }: KubeRequest): unknown {
    const names = api.discovery.get(path);
    if (names !== undefined) return { resources: names.map((name) => ({ name })) };
    if (method === 'POST') return create(path, body as Record<string, unknown>);
    const isStatus = path.endsWith('/status');
    if (isStatus && !servesStatus(path)) throw new KubeApiError(404, 'no such page');
    const target = isStatus ? path.slice(0, -'/status'.length) : path;
    const object = objects.get(target);
    if (object === undefined) throw new KubeApiError(404, 'not found');
    return method === 'GET' ? object : patch(target, object, { body, isStatus });
  }

  function create(path: string, body: Record<string, unknown>): KubeObject {
    const target = `${path}/${(body['metadata'] as { name: string }).name}`;
    if (objects.has(target)) throw new KubeApiError(409, 'already exists');
    return store(target, body);
  }

  function servesStatus(path: string): boolean {
    const plural = path.split('/').at(-3);
    return [...api.discovery.values()].some((names) => names.includes(`${plural}/status`));
  }

  function patch(
    path: string,
    object: Record<string, unknown>,
    { body, isStatus }: { body: unknown; isStatus: boolean },
  ): unknown {
    const { metadata, ...rest } = body as Record<string, unknown>;
    const wanted = (metadata as { resourceVersion?: string } | undefined)?.resourceVersion;
    const known = (object['metadata'] as { resourceVersion: string }).resourceVersion;
    if (wanted !== undefined && wanted !== known) throw new KubeApiError(409, 'conflict');
    // Where the status is a subresource, each path takes its own part.
    const { status, ...others } = rest;
    const hasStatus = servesStatus(`${path}/status`);
    const taken = hasStatus ? (isStatus ? { status } : others) : rest;
    const next = mergePatch(object, taken) as Record<string, unknown>;
    if (next['status'] !== undefined) {
      next['status'] = api.prune(next['status'] as Record<string, unknown>);
    }
    // The API server writes nothing where nothing changes.
    return JSON.stringify(next) === JSON.stringify(object) ? object : store(path, next);
  }
}

/** RFC 7396. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const isObject = typeof target === 'object' && target !== null && !Array.isArray(target);
  const result: Record<string, unknown> = isObject ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else result[name] = mergePatch(result[name], value);
  }
  return result;
}

/** Lets everything run that waits for nothing but promises. */
export async function settled(): Promise<void> {
  for (let round = 0; round < 20; round += 1) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}
