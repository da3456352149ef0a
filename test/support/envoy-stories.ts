import type { CompileResult } from '../../src/compile/compile.ts';
import { envoyBootstrap } from '../../src/xds/envoy-bootstrap.ts';
import { startEnvoy, type EnvoyProcess } from './envoy-process.ts';
import {
  loopbackAddress,
  startUpstreams,
  type GoldenGateway,
  type Upstreams,
} from './golden-gateway.ts';
import { publishedKeys } from './golden-key-server.ts';
import type { GoldenRequests } from './golden-story.ts';

/** A compiled story. */
export interface EnvoyStory {
  readonly name: string;
  readonly compiled: CompileResult;
  readonly requests: GoldenRequests;
}

/** One real Envoy that serves many stories, each on listeners of its own. */
export interface EnvoyStories {
  readonly gatewayOf: (story: string) => GoldenGateway;
  readonly close: () => Promise<void>;
}

type Json = Record<string, unknown>;

interface StaticResources {
  readonly listeners: readonly Json[];
  readonly clusters: readonly Json[];
}

interface Wired extends StaticResources {
  readonly rest: object;
  readonly upstreams: Upstreams;
}

/** Translates every story and starts one Envoy with all of it; every cluster is an echo on the loopback interface. */
export async function startEnvoyStories(stories: readonly EnvoyStory[]): Promise<EnvoyStories> {
  const wired = new Map<string, Wired>();
  for (const story of stories) wired.set(story.name, await wire(story));
  const close = async (): Promise<void> => {
    for (const { upstreams } of wired.values()) await upstreams.close();
  };
  const all = [...wired.values()];
  let envoy: EnvoyProcess;
  try {
    envoy = await startEnvoy({
      ...all[0]?.rest,
      static_resources: {
        listeners: all.flatMap(({ listeners }) => listeners),
        clusters: all.flatMap(({ clusters }) => clusters),
      },
    });
  } catch (error) {
    await close();
    throw error;
  }
  return {
    gatewayOf: (name) => {
      const story = stories.find((one) => one.name === name);
      const upstreams = wired.get(name)?.upstreams;
      if (!story || !upstreams) throw new Error(`no such story: ${name}`);
      return {
        // Envoy has the real clock.
        get nowSeconds() {
          return Math.floor(Date.now() / 1000);
        },
        listeners: story.compiled.table.listeners,
        portOf: (listener) => envoy.ports.get(`${name}|${listener}`) ?? 0,
        takeSeen: upstreams.take,
        takeLog: () => Promise.resolve([]),
        close: () => Promise.resolve(),
      };
    },
    close: async () => {
      await envoy.stop();
      await close();
    },
  };
}

async function wire({ name, compiled, requests }: EnvoyStory): Promise<Wired> {
  const { table, secrets } = compiled;
  const { bootstrap } = envoyBootstrap(table, { address: '127.0.0.1', secrets });
  const { static_resources: resources, ...rest } = bootstrap;
  const { listeners, clusters } = withPrefix(resources, `${name}|`) as StaticResources;
  const names = clusters.map((cluster) => String(cluster['name']));
  const sizes = new Map(clusters.map((cluster) => [String(cluster['name']), sizeOf(cluster)]));
  const answers = names.map((full) => {
    const cluster = full.slice(name.length + 1);
    return [full, requests.answers?.[cluster] ?? { status: 200, body: cluster }] as const;
  });
  const upstreams = await startUpstreams(sizes, Object.fromEntries(answers), keyServer(requests));
  return {
    rest,
    upstreams: { ...upstreams, take: () => upstreams.take().map(withoutPrefix).filter(isUpstream) },
    listeners: listeners.map((listener) => ({
      ...(withQuickClose(listener) as Json),
      name: `${name}|${String(listener['name'])}`,
      address: { socket_address: { address: '127.0.0.1', port_value: 0 } },
    })),
    clusters: clusters.map((cluster) =>
      toLoopback(cluster, upstreams.ports.get(String(cluster['name'])) ?? 0),
    ),
  };
}

/** Envoy asks for keys whenever it needs them; that is no request of a client. */
function isUpstream({ cluster }: { readonly cluster: string }): boolean {
  return !cluster.startsWith('jwks:');
}

function withoutPrefix<T extends { readonly cluster: string }>(seen: T): T {
  return { ...seen, cluster: seen.cluster.slice(seen.cluster.indexOf('|') + 1) };
}

/** Keys come from the same ports as everything else; a URL that nobody publishes is a server that is down. */
function keyServer({ jwks }: GoldenRequests): Parameters<typeof startUpstreams>[2] {
  return ({ url = '', headers }, response) => {
    const host = headers.host ?? '';
    const text =
      publishedKeys(jwks, `https://${host}${url}`) ?? publishedKeys(jwks, `http://${host}${url}`);
    if (text === undefined) return false;
    response.end(text);
    return true;
  };
}

/** Envoy waits a second for the client to close first, and the client of the goldens waits for Envoy. */
function withQuickClose(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withQuickClose);
  if (value === null || typeof value !== 'object') return value;
  const members = Object.entries(value).map(([key, member]) => [key, withQuickClose(member)]);
  const manager = 'http_filters' in value ? { delayed_close_timeout: '0.01s' } : {};
  return { ...Object.fromEntries(members), ...manager };
}

/** Names of clusters, wherever they stand. */
function withPrefix(value: unknown, prefix: string): unknown {
  if (Array.isArray(value)) return value.map((one) => withPrefix(one, prefix));
  if (value === null || typeof value !== 'object') return value;
  const renamed = Object.entries(value).map(([key, member]) => {
    if (key === 'clusters' && Array.isArray(member)) {
      const named = (member as readonly Json[]).map((one) => ({
        ...(withPrefix(one, prefix) as Json),
        name: prefix + String(one['name']),
      }));
      return [key, named] as const;
    }
    const isName = (key === 'cluster' || key === 'cluster_name') && typeof member === 'string';
    return [key, isName ? prefix + member : withPrefix(member, prefix)] as const;
  });
  return Object.fromEntries(renamed);
}

interface Assignment {
  readonly endpoints: readonly { readonly lb_endpoints: readonly Json[] }[];
}

function sizeOf({ load_assignment }: Json): number {
  const { endpoints } = load_assignment as Assignment;
  return endpoints.reduce((sum, { lb_endpoints }) => sum + lb_endpoints.length, 0);
}

/** The same cluster with as many endpoints, all of them here and without TLS. */
function toLoopback(cluster: Json, port: number): Json {
  const {
    transport_socket: _tls,
    transport_socket_matches: _matches,
    dns_lookup_family: _dns,
    load_assignment,
    ...rest
  } = cluster;
  const { endpoints, ...assignment } = load_assignment as Assignment;
  const local = endpoints.map(({ lb_endpoints }) => ({
    lb_endpoints: lb_endpoints.map((one, index) => ({
      ...one,
      endpoint: {
        ...(one['endpoint'] as Json),
        address: { socket_address: { address: loopbackAddress(index), port_value: port } },
      },
    })),
  }));
  return { ...rest, type: 'STATIC', load_assignment: { ...assignment, endpoints: local } };
}
