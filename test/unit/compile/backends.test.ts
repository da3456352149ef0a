import { describe, expect, it } from '@jest/globals';
import { backendFault, backendOf } from '../../../src/compile/backends.ts';
import type { Verdict } from '../../../src/compile/context.ts';
import type { Cluster } from '../../../src/ir/cluster.ts';
import type { LlmCredential } from '../../../src/ir/llm.ts';

function cluster(credential?: LlmCredential, host = 'a.test'): Cluster {
  const llm = credential && { provider: 'deepseek' as const, credential, authority: host };
  return {
    name: 'c',
    endpoints: [{ host, port: 80, weight: 1 }],
    connectTimeoutMs: 1,
    maxConnections: 1,
    ...(llm ? { llm } : {}),
  };
}

describe('backendOf', () => {
  it.each<[string, LlmCredential | undefined, object]>([
    ['no model', undefined, { isModel: false, holdsCredential: false }],
    ['no key', { kind: 'none' }, { isModel: true, holdsCredential: false }],
    ['the key of the client', { kind: 'passthrough' }, { isModel: true, holdsCredential: false }],
    ['a key', { kind: 'secret', secret: 's' }, { isModel: true, holdsCredential: true }],
    [
      'a key that is away',
      { kind: 'missing', detail: '' },
      { isModel: true, holdsCredential: true },
    ],
  ])('%s', (_title, credential, expected) => {
    expect(backendOf(cluster(credential))).toEqual(expected);
  });

  it.each<[string, LlmCredential[], boolean]>([
    ['none of which has a key', [{ kind: 'none' }, { kind: 'passthrough' }], false],
    ['one of which has a key', [{ kind: 'none' }, { kind: 'secret', secret: 's' }], true],
    ['none at all', [], false],
  ])('several servers, %s', (_title, credentials, holdsCredential) => {
    const members = credentials.map((credential) => cluster(credential));
    const parent = { ...cluster(), endpoints: [], pools: [] };
    expect(backendOf(parent, members)).toEqual({ isModel: true, holdsCredential });
  });

  it('is the same object for whatever differs only in what routes need not know', () => {
    expect(backendOf(cluster({ kind: 'none' }))).toBe(
      backendOf(cluster({ kind: 'passthrough' }, 'b.test')),
    );
  });
});

describe('backendFault', () => {
  const verdict = (...findings: [severity: 'error' | 'warning', reason: string][]) =>
    ({
      findings: findings.map(([severity, reason]) => ({
        severity,
        reason,
        path: 'spec.x',
        message: reason,
      })),
      keySets: [],
      servingLastGood: false,
    }) as Verdict;
  const empty = { ...cluster(), endpoints: [] };
  const keyless = cluster({ kind: 'missing', detail: '' });

  it('says nothing of several servers while one of them can be asked', () => {
    const parent = { ...empty, pools: [] };
    const said = verdict(['warning', 'SecretNotFound']);
    expect(backendFault(parent, [keyless, cluster()], said)).toBeUndefined();
    expect(backendFault(parent, [keyless, empty], said)).toBe('spec.x: SecretNotFound');
  });

  it.each<[string, Cluster | undefined, Verdict | undefined, string | undefined]>([
    ['one that works', cluster(), verdict(['warning', 'InsecureUpstream']), undefined],
    [
      'one of which an earlier version works',
      cluster(),
      verdict(['error', 'InvalidValue']),
      undefined,
    ],
    [
      'no endpoints',
      empty,
      verdict(['warning', 'Unsupported'], ['warning', 'NoEndpoints']),
      'spec.x: NoEndpoints',
    ],
    [
      'no key',
      keyless,
      verdict(['warning', 'InsecureUpstream'], ['warning', 'SecretNotFound']),
      'spec.x: SecretNotFound',
    ],
    [
      'an error',
      undefined,
      verdict(['warning', 'NoEndpoints'], ['error', 'InvalidValue']),
      'spec.x: InvalidValue',
    ],
    ['what is not served', empty, verdict(['warning', 'Unsupported']), 'spec.x: Unsupported'],
    ['nothing that anybody said', empty, undefined, 'it has no endpoints'],
  ])('%s', (_title, compiled, said, expected) => {
    expect(backendFault(compiled, [], said)).toBe(expected);
  });
});
