import { describe, expect, it } from '@jest/globals';
import type { Resource } from '../../../src/api/resource.ts';
import { createCompileMemory } from '../../../src/compile/compile-memory.ts';
import {
  compile,
  type CompileOptions,
  type CompileResult,
  type CompileTools,
} from '../../../src/compile/compile.ts';
import type { Outcome } from '../../../src/ir/outcome.ts';
import { importKeys } from '../../../src/jwt/import-keys.ts';
import { checkRegex } from '../../../src/rbac/regex.ts';
import { createStore } from '../../../src/store/store.ts';
import { createEditor, randomOf } from '../../support/random-edits.ts';
import { keyFile, resourcesOf, withSpec } from '../../support/resources.ts';

let canRead = false;

const tools: CompileTools = {
  importKeys: async (text, options) => {
    if (text !== 'throws') return importKeys(text, options);
    if (!canRead) throw new Error('cannot read that');
    return importKeys(keyFile('rsa.public.pem'), options);
  },
  checkRegex: (pattern) => {
    if (pattern === 'trap') throw new Error('trapped');
    return checkRegex(pattern);
  },
};

const options: CompileOptions = {
  httpPort: undefined,
  httpsPort: undefined,
  allowLocalUpstreams: 'off',
  lastGood: new Map(),
};

const steps = 400;
const seeds = [1, 2, Math.floor(Math.random() * 2 ** 31)];

describe('a compile that remembers the former one', () => {
  let lastOnes = 0;
  const told = new Set<string>();
  it.each(seeds)('gives what one from scratch gives, whatever changed: seed %d', async (seed) => {
    const random = randomOf(seed);
    const store = createStore();
    const { edit } = createEditor(store, random);
    const memory = createCompileMemory();
    let lastGood: ReadonlyMap<string, Resource> = new Map();
    let lastCertificates: CompileResult['certificates'] = new Map();
    let former = lastGood;
    const seen = new Set<string>();
    for (let step = 0; step < steps; step += 1) {
      canRead = step > steps / 2;
      const edits = Array.from({ length: 1 + Math.floor(random() * 2) }, edit);
      const resources = store.snapshot();
      const last = { ...options, lastGood, lastCertificates };
      const remembering = await compile(resources, tools, { ...last, memory });
      const fresh = await compile(resources, tools, last);
      const context = { seed, step, edits };
      expect({ ...context, ...remembering }).toEqual({ ...context, ...fresh });
      // The order of members too: it is in the version.
      expect(JSON.stringify(remembering.table)).toBe(JSON.stringify(fresh.table));
      expect([...remembering.accepted.keys()].sort()).toEqual([...fresh.accepted.keys()].sort());
      for (const { state, reason } of fresh.outcomes) seen.add(`${state} ${reason.split('\n')[0]}`);
      for (const { ref, findings } of fresh.outcomes) {
        for (const { reason, message } of findings) {
          const [, part = ''] = /^on ([a-z ]+) /.exec(message) ?? [];
          told.add(`${ref.kind} ${reason} ${part}`.trim());
        }
      }
      for (const { conditions } of fresh.outcomes) {
        if (conditions[0]?.message.endsWith('last certificate that loaded') === true) lastOnes += 1;
      }
      // As after a start with versions that were kept elsewhere, or none.
      lastGood = random() < 0.1 ? former : remembering.accepted;
      lastCertificates = random() < 0.1 ? new Map() : remembering.certificates;
      former = random() < 0.3 ? new Map() : remembering.accepted;
    }
    // Otherwise the edits would prove little.
    expect(seen.size).toBeGreaterThan(3);
  });

  it('has come upon certificates that serve although their Secret holds others', () => {
    expect(lastOnes).toBeGreaterThan(0);
  });

  it.each([
    'VirtualService DomainConflict',
    'VirtualService AuthRemoved sub route table',
    'VirtualService RefNotPermitted upstream group',
    'VirtualService UpstreamNotReady sub route table',
    'VirtualService KindForbidden upstream group',
    'RouteTable UpstreamNotReady upstream group',
    'UpstreamGroup KindForbidden',
  ])('has come upon %s', (finding) => {
    expect([...told]).toContain(finding);
  });

  it('looks only at what has changed, and at what that concerns', async () => {
    const looked: string[] = [];
    const counting = {
      importKeys,
      checkRegex: (pattern: string) => void looked.push(pattern),
    };
    const host = (name: string, upstream: string, route = 'r') =>
      withSpec('VirtualService', name, {
        virtualHost: {
          domains: [name],
          routes: [
            {
              name: route,
              matchers: [{ regex: name }],
              routeAction: { single: { upstream: { name: upstream } } },
            },
          ],
        },
      });
    const upstream = (name: string, port: number) =>
      withSpec('Upstream', name, { static: { hosts: [{ addr: 'one.test', port }] } });
    const store = createStore();
    const put = (text: string): void => {
      for (const kind of ['VirtualService', 'Upstream'] as const) {
        for (const entry of resourcesOf(text).list(kind)) store.put('watch', entry);
      }
    };
    const memory = createCompileMemory();
    const compiled = async () => {
      looked.length = 0;
      const result = await compile(store.snapshot(), counting, { ...options, memory });
      return { result, looked: looked.toSorted() };
    };
    put(host('a', 'one') + host('b', 'two') + upstream('one', 80));
    const first = await compiled();
    expect(first.looked).toEqual(['a', 'b']);
    expect((await compiled()).looked).toEqual([]);
    put(host('a', 'one', 'other'));
    const second = await compiled();
    expect(second.looked).toEqual(['a']);
    const outcomeOfB = (outcomes: readonly Outcome[]) =>
      outcomes.find(({ ref }) => ref.name === 'b');
    expect(outcomeOfB(second.result.outcomes)).toBe(outcomeOfB(first.result.outcomes));
    expect(second.result.table.virtualHosts['default.b']).toBe(
      first.result.table.virtualHosts['default.b'],
    );
    // Other endpoints are of no concern to routes; an Upstream that was missing is.
    put(upstream('one', 81));
    expect((await compiled()).looked).toEqual([]);
    put(upstream('two', 80));
    expect((await compiled()).looked).toEqual(['b']);
  });

  it('knows when what a table leads to comes and goes', async () => {
    const store = createStore();
    const memory = createCompileMemory();
    const put = (name: string, text: string): void => {
      const [entry] = resourcesOf(text).list('RouteTable');
      if (entry) store.put(name, entry);
    };
    const stateOf = async () => {
      const { outcomes } = await compile(store.snapshot(), tools, { ...options, memory });
      return outcomes.find(({ ref }) => ref.name === 'a')?.state;
    };
    const routes = [{ delegateAction: { ref: { name: 'b' } } }];
    put('watch', withSpec('RouteTable', 'a', { routes }));
    expect(await stateOf()).toBe('Warning');
    put('watch', withSpec('RouteTable', 'b', {}));
    expect(await stateOf()).toBe('Accepted');
    store.delete('watch', { kind: 'RouteTable', namespace: 'default', name: 'b' });
    expect(await stateOf()).toBe('Warning');
  });

  it('breathes between resources when it is asked to', async () => {
    let breaths = 0;
    const breathe = () => {
      breaths += 1;
      return breaths % 2 === 0 ? Promise.resolve() : undefined;
    };
    const resources = resourcesOf(
      ['a', 'b', 'c'].map((name) => withSpec('Upstream', name, {})).join(''),
    );
    await compile(resources, tools, { ...options, breathe });
    // After each of them, and between the parts of the result.
    expect(breaths).toBe(3 + 3);
  });
});
