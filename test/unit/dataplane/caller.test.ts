import { describe, expect, test } from '@jest/globals';

import { callerOf } from '../../../src/dataplane/caller.ts';

const identity = (provider: string, claims: Readonly<Record<string, unknown>>) => ({
  provider,
  claims,
  headers: [],
});

describe('callerOf', () => {
  test.each([
    ['nobody', [], ''],
    ['issuer and subject', [identity('kc', { iss: 'i', sub: 's' })], '["i","s"]'],
    ['a subject alone', [identity('kc', { sub: 's' })], '["","s"]'],
    ['no subject', [identity('kc', { iss: 'i' })], '["kc"]'],
    ['a subject that is no text', [identity('kc', { iss: 'i', sub: 7 })], '["kc"]'],
    ['the last one', [identity('a', { sub: 'r' }), identity('b', { sub: 's' })], '["","s"]'],
  ])('%s', (_name, identities, caller) => {
    expect(callerOf({ identities })).toBe(caller);
  });

  test('no two pairs look alike', () => {
    const pairs = [
      { iss: 'a', sub: 'b","c' },
      { iss: 'a","b', sub: 'c' },
    ];
    const [one, other] = pairs.map((claims) => callerOf({ identities: [identity('kc', claims)] }));
    expect(one).not.toBe(other);
  });
});
