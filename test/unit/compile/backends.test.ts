import { describe, expect, it } from '@jest/globals';
import { backendOf } from '../../../src/compile/backends.ts';
import type { Cluster, LlmCredential } from '../../../src/ir/cluster.ts';

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

  it('is the same object for whatever differs only in what routes need not know', () => {
    expect(backendOf(cluster({ kind: 'none' }))).toBe(
      backendOf(cluster({ kind: 'passthrough' }, 'b.test')),
    );
  });
});
