// A thousand VirtualServices into one routing table: the whole, and again after one of them changed.
import { generateKeyPairSync } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { Kind } from '../src/api/kinds.ts';
import type { Entry, ResourceSet } from '../src/api/resource.ts';
import { compile, type CompileOptions } from '../src/compile/compile.ts';
import { importKeys } from '../src/jwt/import-keys.ts';
import { rememberImports } from '../src/jwt/remembered-imports.ts';
import { checkRegex } from '../src/rbac/regex.ts';
import { printTable, spreadOf, spreadText } from './harness/report.ts';

const services = 1000;
const rounds = 7;
const targetMs = 500;

const options: CompileOptions = {
  httpPort: 8080,
  httpsPort: undefined,
  allowLocalUpstreams: 'on',
  lastGood: new Map(),
};

/** Prints the time of a first compile and of one after a single change. */
export async function bench(): Promise<void> {
  const keys = Array.from({ length: services }, publicKey);
  const upstream = upstreamEntry();
  const all = keys.map((key, index) => serviceEntry(index, key, 1));
  const first: number[] = [];
  const again: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    // As the gateway does: a key is read once.
    const tools = { importKeys: rememberImports(importKeys), checkRegex };
    const started = performance.now();
    const { accepted, outcomes } = await compile(setOf([upstream], all), tools, options);
    first.push(performance.now() - started);
    const refused = outcomes.find(({ state }) => state !== 'Accepted');
    if (refused) throw new Error(`the manifests are not good: ${refused.reason}`);
    const changed = all.with(round, serviceEntry(round, keys[round]!, 2));
    const restarted = performance.now();
    await compile(setOf([upstream], changed), tools, { ...options, lastGood: accepted });
    again.push(performance.now() - restarted);
  }
  printTable(
    [`${services} VirtualServices of 5 routes`, 'ms', 'target'],
    [
      ['compile', spreadText(spreadOf(first), 0), `≤ ${targetMs}`],
      ['compile after one change', spreadText(spreadOf(again), 0), `≤ ${targetMs}`],
    ],
  );
  if (spreadOf(first).median > targetMs) process.exitCode = 1;
}

function publicKey(): string {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return publicKey.export({ type: 'spki', format: 'pem' }).toString();
}

function serviceEntry(index: number, key: string, generation: number): Entry<'VirtualService'> {
  const name = `tenant-${String(index).padStart(4, '0')}`;
  const ref = { kind: 'VirtualService', namespace: 'default', name } as const;
  const single = { upstream: { name: 'model', namespace: 'default' } };
  const routes = ['chat', 'completions', 'embeddings', 'models', `v${generation}`].map((path) => ({
    matchers: [{ prefix: `/${path}`, methods: ['GET', 'POST'] }],
    routeAction: { single },
  }));
  const jwtPrincipal = {
    claims: { role: 'developer', email: '.*@example\\.com' },
    matcher: 'REGEX_MATCH',
  } as const;
  const provider = {
    issuer: `https://${name}.example.com`,
    audiences: ['model'],
    jwks: { local: { key } },
    claimsToHeaders: [{ claim: 'sub', header: 'x-user' }],
  };
  const virtualHost = {
    domains: [`${name}.example.com`],
    options: {
      jwt: { providers: { own: provider } },
      rbac: { policies: { developers: { principals: [{ jwtPrincipal }] } } },
    },
    routes,
  };
  const metadata = { name, namespace: 'default', generation };
  return {
    ref,
    generation,
    origin: '',
    resource: { kind: 'VirtualService', metadata, spec: { virtualHost } },
    problems: [],
  };
}

function upstreamEntry(): Entry<'Upstream'> {
  const metadata = { name: 'model', namespace: 'default' };
  const spec = { static: { hosts: [{ addr: '127.0.0.1', port: 9000 }] } };
  return {
    ref: { kind: 'Upstream', ...metadata },
    origin: '',
    resource: { kind: 'Upstream', metadata, spec },
    problems: [],
  };
}

function setOf(
  upstreams: readonly Entry<'Upstream'>[],
  virtualServices: readonly Entry<'VirtualService'>[],
): ResourceSet {
  const entries: readonly Entry[] = [...upstreams, ...virtualServices];
  const byKey = new Map(
    entries.map((entry) => [keyOf(entry.ref.kind, entry.ref.namespace, entry.ref.name), entry]),
  );
  const isOf = <K extends Kind>(kind: K, entry: Entry | undefined): entry is Entry<K> =>
    entry?.ref.kind === kind;
  return {
    list: (kind) => entries.filter((entry) => isOf(kind, entry)),
    get: (kind, namespace, name) => {
      const entry = byKey.get(keyOf(kind, namespace, name));
      return isOf(kind, entry) ? entry : undefined;
    },
  };
}

function keyOf(kind: string, namespace: string, name: string): string {
  return `${kind}/${namespace}/${name}`;
}
