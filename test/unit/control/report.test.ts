import { describe, expect, it } from '@jest/globals';
import type { LocatedProblem } from '../../../src/api/problem.ts';
import { createLogger } from '../../../src/base/log.ts';
import type { KeySetFacts } from '../../../src/control/conditions.ts';
import { createReporter, hostOf } from '../../../src/control/report.ts';
import type { Finding, Outcome } from '../../../src/ir/outcome.ts';
import type { RoutingTable } from '../../../src/ir/table.ts';

const url = 'https://keys.example/jwks?key=abc';

function hostsOf(names: readonly string[]): RoutingTable['virtualHosts'] {
  const host = { domains: [], routes: [], providers: {}, claimHeaders: [] };
  return Object.fromEntries(
    names.map((name) => [`default.${name}`, { ...host, name: `default.${name}` }]),
  );
}

function tableOf(version: string, hosts = ['x', 'y', 'keyed']): RoutingTable {
  const keySets = { k1: { kind: 'remote', id: 'k1', url, cacheDurationMs: 1 } } as const;
  return { version, listeners: [], virtualHosts: hostsOf(hosts), clusters: {}, keySets };
}

function resultOf(table: RoutingTable) {
  return {
    table,
    secrets: {},
    outcomes: [],
    accepted: new Map(),
    certificates: new Map(),
    wanted: [],
  };
}

function outcomeOf(name: string, findings: readonly Finding[] = []): Outcome {
  return {
    ref: { kind: 'VirtualService', namespace: 'default', name },
    origin: 'a.yaml:1',
    state: findings.length > 0 ? 'Rejected' : 'Accepted',
    reason: '',
    conditions: [],
    findings,
    keySets: name === 'keyed' ? ['k1'] : [],
    servingLastGood: findings.length > 0,
  };
}

function setUp() {
  const lines: string[] = [];
  const keys: Record<string, KeySetFacts> = { k1: { state: 'pending', keys: 0 } };
  const logger = createLogger('info', { write: (line) => void lines.push(line) });
  const problems: LocatedProblem[] = [];
  const changes: string[][] = [];
  const reporter = createReporter({
    keySetStates: () => ({ ...keys }),
    problems: () => [...problems],
    changed: ({ outcomes, removed }) =>
      void changes.push([
        ...outcomes.map(({ ref }) => ref.name),
        ...removed.map(({ name }) => `-${name}`),
      ]),
    logger,
  });
  const accept = (version: string, outcomes: readonly Outcome[], runningVersion = version) =>
    reporter.accept({
      result: { ...resultOf(tableOf(version)), outcomes },
      runningVersion,
      listenerFailures: [],
    });
  const logged = () =>
    lines.splice(0).map((line) => {
      const { level, msg, name, conditions, findings, states } = JSON.parse(line);
      return { level, msg, name, conditions, findings, states };
    });
  return { reporter, keys, problems, changes, accept, logged, lines };
}

const finding: Finding = { severity: 'error', reason: 'InvalidKey', path: 'spec.x', message: 'no' };

describe('reporter', () => {
  it('has nothing to say before the first compile', () => {
    const { reporter } = setUp();
    expect(reporter.outcomes()).toEqual([]);
    expect(reporter.table()).toBeUndefined();
  });

  it('completes outcomes with what the engines know when it is asked', () => {
    const { reporter, keys, accept } = setUp();
    accept('v1', [outcomeOf('keyed')]);
    const reasons = () => reporter.outcomes()[0]!.conditions.map(({ reason }) => reason);
    expect(reasons()).toEqual(['KeysPending', 'Programmed']);
    keys['k1'] = { state: 'ready', keys: 1, loadedAtMs: 0 };
    expect(reasons()).toEqual(['KeysReady', 'Programmed']);
    expect(reporter.outcomes()[0]!.conditions[0]!.message).toBe(
      'keys.example: 1 key, loaded 1970-01-01T00:00:00Z',
    );
  });

  it('gives the table in force, not the one that could not be published', () => {
    const { reporter, accept } = setUp();
    accept('v1', []);
    accept('v2', [outcomeOf('x')], 'v1');
    expect(reporter.table()?.version).toBe('v1');
    expect(reporter.outcomes()[0]!.conditions.at(-1)).toMatchObject({
      type: 'Programmed',
      status: 'Unknown',
    });
  });

  it('logs a resource when its state changes, and not otherwise', () => {
    const { accept, logged } = setUp();
    accept('v1', [outcomeOf('x')]);
    expect(logged()).toEqual([
      {
        level: 'info',
        msg: 'resource state changed',
        name: 'x',
        conditions: { KeysReady: 'True NoKeysNeeded', Programmed: 'True Programmed' },
      },
    ]);
    accept('v2', [outcomeOf('x')]);
    expect(logged()).toEqual([]);
    accept('v2', [outcomeOf('x', [finding])]);
    expect(logged()).toMatchObject([{ level: 'warn', name: 'x', findings: [finding] }]);
    accept('v3', []);
    expect(logged()).toMatchObject([{ level: 'info', msg: 'resource removed', name: 'x' }]);
  });

  it('logs few of many findings, errors first, and how many more there are', () => {
    const { accept, lines } = setUp();
    const many = Array.from({ length: 2_000 }, (_, index): Finding => {
      const severity = index % 200 === 199 ? 'error' : 'warning';
      return { severity, reason: 'InvalidRoute', path: `spec.routes[${index}]`, message: 'no' };
    });
    accept('v1', [outcomeOf('x', many.slice(0, 10)), outcomeOf('y', many)]);
    const [few, line] = lines.map((one) => JSON.parse(one));
    expect(few.findings).toEqual(many.slice(0, 10));
    expect(few).not.toHaveProperty('moreFindings');
    expect(line.findings).toEqual(many.filter(({ severity }) => severity === 'error'));
    expect(line.moreFindings).toBe(1_990);
  });

  it('logs only the beginning of texts that somebody made as long as a manifest may be', () => {
    const { accept, reporter, problems, lines } = setUp();
    const long = { ...finding, path: 'p'.repeat(500_000), message: 'm'.repeat(500_000) };
    accept('v1', [outcomeOf('x', [long])]);
    problems.push({
      origin: '',
      problem: {
        ...long,
        severity: 'error',
        reason: 'InvalidValue',
        ref: { kind: 'Secret', namespace: 'default', name: 's' },
      },
    });
    reporter.observe();
    expect(lines).toHaveLength(2);
    for (const line of lines) {
      expect(line).toContain(`${'p'.repeat(1_000)}...`);
      expect(line.length).toBeLessThan(3_000);
    }
  });

  it('logs how many are fine when they are many at once, and each that is not', () => {
    const { accept, logged } = setUp();
    const upstream = (name: string, findings: readonly Finding[] = []): Outcome => {
      return { ...outcomeOf('x', findings), ref: { kind: 'Upstream', namespace: 'default', name } };
    };
    const fine = Array.from({ length: 21 }, (_, index) => upstream(`fine-${index}`));
    accept('v1', [...fine, upstream('bad', [finding])]);
    expect(logged()).toMatchObject([
      { level: 'warn', msg: 'resource state changed', name: 'bad' },
      { level: 'info', msg: 'resource states changed', states: { Accepted: 21, Rejected: 1 } },
    ]);
    accept('v2', [...fine, upstream('bad')]);
    expect(logged()).toMatchObject([{ level: 'info', msg: 'resource state changed', name: 'bad' }]);
  });

  it('logs keys that come and fail, but not that they are fetched again', () => {
    const { reporter, keys, accept, logged } = setUp();
    accept('v1', [outcomeOf('keyed')]);
    logged();
    keys['k1'] = { state: 'ready', keys: 1, loadedAtMs: 1, fetchedAtMs: 1 };
    reporter.observe();
    expect(logged()).toMatchObject([
      { level: 'info', conditions: { KeysReady: 'True KeysReady' } },
    ]);
    keys['k1'] = { state: 'ready', keys: 1, loadedAtMs: 1, fetchedAtMs: 2 };
    reporter.observe();
    expect(logged()).toEqual([]);
    keys['k1'] = { state: 'failed', keys: 0, lastError: 'status 500' };
    reporter.observe();
    expect(logged()).toMatchObject([
      { level: 'warn', conditions: { KeysReady: 'False KeyFetchFailed' } },
    ]);
  });

  it('tells what has changed, each time once, and keeps the outcomes of all that has not', () => {
    const { reporter, keys, changes, accept } = setUp();
    const [x, y] = [outcomeOf('x'), outcomeOf('keyed')];
    accept('v1', [x, y]);
    const before = reporter.outcomes();
    accept('v1', [x, y]);
    // Equal, but another object: nothing that anybody would have to hear of.
    accept('v2', [{ ...x }, y]);
    reporter.observe();
    expect(changes.splice(0)).toEqual([['x', 'keyed']]);
    expect(reporter.outcomes()).toEqual(before);
    for (const [index, outcome] of reporter.outcomes().entries()) {
      expect(outcome).toBe(before[index]);
    }
    accept('v2', [{ ...x, observedGeneration: 2 }, y]);
    expect(changes.splice(0)).toEqual([['x']]);
    keys['k1'] = { state: 'ready', keys: 1, loadedAtMs: 0 };
    reporter.observe();
    reporter.observe();
    expect(changes.splice(0)).toEqual([['keyed']]);
    keys['k1'] = { state: 'ready', keys: 1, loadedAtMs: 0, fetchedAtMs: 5 };
    reporter.observe();
    expect(changes).toEqual([]);
    accept('v3', [y], 'v2');
    expect(changes.splice(0)).toEqual([['keyed', '-x']]);
    accept('v3', [y]);
    expect(changes.splice(0)).toEqual([['keyed']]);
  });

  it('logs once a problem of which no outcome tells', () => {
    const { reporter, problems, logged } = setUp();
    const ref = { kind: 'Secret', namespace: 'default', name: 's' };
    const problem = { ...finding, ref, reason: 'InvalidValue', severity: 'error' } as const;
    problems.push({ origin: 'a.yaml:3', problem });
    reporter.observe();
    reporter.observe();
    expect(logged()).toMatchObject([{ level: 'warn', msg: 'manifest not used', name: 's' }]);
  });

  it('says of what no open listener serves that it is not programmed', () => {
    const { reporter } = setUp();
    const listener = (name: string, hosts: readonly string[]) => {
      return { name, port: 1, tls: false, stripPort: false, virtualHosts: hosts };
    };
    const listeners = [
      listener('default.a', ['default.x', 'default.y']),
      listener('default.b', ['default.y']),
    ];
    const gateway = { kind: 'Gateway', namespace: 'default', name: 'a' };
    const outcomes = [outcomeOf('x'), outcomeOf('y'), { ...outcomeOf('a'), ref: gateway }];
    const table = { ...tableOf('v1'), listeners };
    reporter.accept({
      result: { ...resultOf(table), outcomes },
      runningVersion: 'v1',
      listenerFailures: [{ listener: 'default.a', message: 'port 1: in use' }],
    });
    expect(reporter.outcomes().map(({ conditions }) => conditions.at(-1))).toEqual([
      expect.objectContaining({ status: 'False', message: 'port 1: in use' }),
      expect.objectContaining({ status: 'True' }),
      expect.objectContaining({ status: 'False', message: 'port 1: in use' }),
    ]);
  });

  const unselected: Finding = {
    severity: 'warning',
    reason: 'ReferenceNotFound',
    path: 'metadata',
    message: 'no Gateway selects it',
  };
  const hostless: Finding = { ...unselected, reason: 'NoVirtualHost', path: 'spec' };
  const warned = { state: 'Warning', servingLastGood: false } as const;

  it.each<[string, Partial<Outcome>, string]>([
    ['no Gateway selects', { ...warned, findings: [unselected] }, 'no Gateway in force selects it'],
    ['has no virtual host', { ...warned, findings: [hostless] }, 'it has no virtual host'],
  ])('says of a VirtualService that %s that it is not programmed', (_title, fields, text) => {
    const { reporter, accept } = setUp();
    accept('v1', [outcomeOf('x'), { ...outcomeOf('away'), ...fields }]);
    const programmed = () => reporter.outcomes().map(({ conditions }) => conditions.at(-1));
    expect(programmed()).toMatchObject([
      { status: 'True', message: '' },
      { status: 'False', reason: 'NotProgrammed', message: `nothing is served: ${text}` },
    ]);
    reporter.accept({
      result: { ...resultOf(tableOf('v2', ['x', 'away'])), outcomes: [outcomeOf('away')] },
      runningVersion: 'v2',
      listenerFailures: [],
    });
    expect(programmed()).toMatchObject([{ status: 'True' }]);
  });

  it.each(['RouteTable', 'Settings', 'Upstream', 'Gateway'])(
    'says of a %s, which is in no list of virtual hosts, that it is programmed',
    (kind) => {
      const { reporter, accept } = setUp();
      accept('v1', [{ ...outcomeOf('away'), ref: { kind, namespace: 'default', name: 'away' } }]);
      expect(reporter.outcomes()[0]?.conditions.at(-1)).toMatchObject({ status: 'True' });
    },
  );

  it('logs no origin of what comes out of a cluster', () => {
    const { reporter, problems, accept, lines } = setUp();
    const ref = { kind: 'Secret', namespace: 'default', name: 's' };
    const problem = { ...finding, ref, reason: 'InvalidValue', severity: 'error' } as const;
    problems.push({ origin: '', problem });
    accept('v1', [{ ...outcomeOf('x'), origin: '' }, outcomeOf('y')]);
    reporter.observe();
    expect(lines.map((line) => JSON.parse(line).origin)).toEqual([
      undefined,
      'a.yaml:1',
      undefined,
    ]);
  });

  it('names a key set by its host alone', () => {
    expect(hostOf(tableOf('v1'), 'k1')).toBe('keys.example');
    expect(hostOf(tableOf('v1'), 'other')).toBeUndefined();
    expect(hostOf(undefined, 'k1')).toBeUndefined();
  });
});
