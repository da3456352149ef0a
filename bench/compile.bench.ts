// From a changed manifest to the table that serves: the first time, after one change, and after a change of everything.
import { generateKeyPairSync } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { Entry, Resource } from '../src/api/resource.ts';
import { createLogger } from '../src/base/log.ts';
import { createBreather } from '../src/base/breather.ts';
import { systemClock } from '../src/base/clock.ts';
import { createCompileMemory } from '../src/compile/compile-memory.ts';
import { compile, type CompileOptions, type CompileResult } from '../src/compile/compile.ts';
import { createReporter } from '../src/control/report.ts';
import { prepareProgram, type Program, type ProgramParts } from '../src/dataplane/program.ts';
import { createJwtEngine, prepareStage } from '../src/jwt/authenticate.ts';
import { importKeys } from '../src/jwt/import-keys.ts';
import { rememberImports } from '../src/jwt/remembered-imports.ts';
import { checkRegex } from '../src/rbac/regex.ts';
import { createStore } from '../src/store/store.ts';
import { printTable, spreadOf, spreadText, type Spread } from './harness/report.ts';

const sizes = [100, 500, 1000, 2000];
const rounds = 5;
const changesPerRound = 20;
const targets = { firstMs: 600, oneMs: 30 };

const options: CompileOptions = {
  httpPort: 8080,
  httpsPort: undefined,
  allowLocalUpstreams: 'on',
  lastGood: new Map(),
};

/** Prints CPU time from the change of the store to the prepared table and its report, against compiles from scratch. */
export async function bench(): Promise<void> {
  const rows: string[][] = [];
  for (const size of sizes) {
    const keys = Array.from({ length: size }, publicKey);
    const remembering = await measure(keys, true);
    const stallMs = longestStallMs;
    const scratch = await measure(keys, false);
    longestStallMs = stallMs;
    for (const [title, pick] of [
      ['first', ({ first }: Measured) => first],
      ['one change', ({ one }: Measured) => one],
      ['all changed', ({ all }: Measured) => all],
    ] as const) {
      const row = [pick(remembering), pick(scratch)].map((spread) => spreadText(spread, 1));
      rows.push([String(size), title, ...row]);
    }
    if (size !== sizes.at(-1)) continue;
    const { first, one } = remembering;
    if (first.median > targets.firstMs || one.median > targets.oneMs) process.exitCode = 1;
  }
  printTable(['VirtualServices', 'CPU ms', 'incremental', 'from scratch'], rows);
  console.log(`longest stall while all changed: ${Math.round(longestStallMs)} ms`);
}

interface Measured {
  readonly first: Spread;
  readonly one: Spread;
  readonly all: Spread;
}

async function measure(keys: readonly string[], remembers: boolean): Promise<Measured> {
  const first: number[] = [];
  const one: number[] = [];
  const all: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const gateway = createGateway(remembers);
    for (let index = 0; index < keys.length / 10; index += 1) gateway.put(upstreamEntry(index));
    for (const [index, key] of keys.entries()) gateway.put(serviceEntry(index, key, 1));
    first.push(await gateway.run());
    for (let change = 0; change < changesPerRound; change += 1) {
      const index = (round * 31 + change * 7) % keys.length;
      gateway.put(serviceEntry(index, keys[index]!, change + 2));
      one.push(await gateway.run());
    }
    for (const [index, key] of keys.entries()) gateway.put(serviceEntry(index, key, 9));
    const { stop } = watchStalls();
    all.push(await gateway.run());
    stop();
  }
  return { first: spreadOf(first), one: spreadOf(one), all: spreadOf(all) };
}

let longestStallMs = 0;

/** Whatever waits to be run, as requests do, waits so long at most. */
function watchStalls(): { readonly stop: () => void } {
  let last = performance.now();
  let stopped = false;
  const measure = (): void => {
    const now = performance.now();
    longestStallMs = Math.max(longestStallMs, now - last);
    last = now;
  };
  const look = (): void => {
    if (stopped) return;
    measure();
    setImmediate(look);
  };
  setImmediate(look);
  return {
    stop: () => {
      measure();
      stopped = true;
    },
  };
}

/** All of a gateway between its sources and its ports. */
function createGateway(remembers: boolean) {
  const logger = createLogger('silent', { write: () => undefined });
  const store = createStore();
  // As the gateway does: a key is read once.
  const tools = { importKeys: rememberImports(importKeys), checkRegex };
  const fetchJwks = (): never => {
    throw new Error('there are no remote keys here');
  };
  const jwt = createJwtEngine({ clock: systemClock, logger, fetchJwks });
  const parts: ProgramParts = {
    prepareStage: (stage, providers) => prepareStage(stage, providers, jwt),
    localAddresses: 'on',
  };
  const reporter = createReporter({
    keySetStates: jwt.keySetStates,
    problems: () => [],
    changed: () => undefined,
    logger,
  });
  const memory = createCompileMemory();
  const breathe = createBreather(systemClock);
  let lastGood: ReadonlyMap<string, Resource> = new Map();
  let program: Program | undefined;
  const publish = (result: CompileResult): void => {
    jwt.update(result.table.keySets, result.secrets);
    const next = prepareProgram(result.table, result.secrets, parts, program);
    program?.retire();
    program = next;
  };
  return {
    put: (entry: Entry): void => store.put('watch', entry),
    /** CPU milliseconds until everything that was put is in force. */
    run: async (): Promise<number> => {
      const before = process.cpuUsage();
      const result = await compile(store.snapshot(), tools, {
        ...options,
        lastGood,
        ...(remembers ? { memory, breathe } : {}),
      });
      publish(result);
      const { version: runningVersion } = result.table;
      reporter.accept({ result, runningVersion, listenerFailures: [] });
      lastGood = result.accepted;
      const refused = result.outcomes.find(({ state }) => state !== 'Accepted');
      if (refused) throw new Error(`the manifests are not good: ${refused.reason}`);
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1000;
    },
  };
}

function publicKey(): string {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return publicKey.export({ type: 'spki', format: 'pem' }).toString();
}

function serviceEntry(index: number, key: string, generation: number): Entry {
  const name = `tenant-${String(index).padStart(4, '0')}`;
  const ref = { kind: 'VirtualService', namespace: 'default', name } as const;
  const single = {
    upstream: { name: `model-${Math.floor(index / 10)}`, namespace: 'default' },
  };
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
  const uid = `uid-${index}`;
  const metadata = { name, namespace: 'default', uid, generation };
  return {
    ref,
    uid,
    generation,
    origin: '',
    resource: { kind: 'VirtualService', metadata, spec: { virtualHost } },
    problems: [],
  };
}

function upstreamEntry(index: number): Entry {
  const metadata = { name: `model-${index}`, namespace: 'default' };
  const spec = { static: { hosts: [{ addr: '127.0.0.1', port: 9000 }] } };
  return {
    ref: { kind: 'Upstream', ...metadata },
    origin: '',
    resource: { kind: 'Upstream', metadata, spec },
    problems: [],
  };
}
