import { describe, expect, test } from '@jest/globals';

import type { LlmBackend, UserIsolation } from '../../../src/ir/llm.ts';
import { prepareBackend } from '../../../src/llm/backend.ts';
import { userIdOf, type VerifiedUser } from '../../../src/llm/user-id.ts';

const ann = { issuer: 'https://issuer.test', subject: 'ann' };

interface Server extends Partial<LlmBackend> {
  readonly key?: string;
}

function idOf(user: VerifiedUser | undefined, { key = 'secret', ...more }: Server = {}) {
  const settings = { provider: 'deepseek', authority: 'api.deepseek.com' } as const;
  const credential = { kind: 'none' } as const;
  const backend = prepareBackend({ ...settings, credential, ...more }, { key, empty: '' });
  expect(backend.missing).toBeUndefined();
  return userIdOf(backend.userIds, user);
}

const keyed: UserIsolation = { disabled: false, keySecret: 'key' };

describe('userIdOf', () => {
  test('is what it was in every version', () => {
    expect(idOf(ann)).toBe('8ygjTfFuUpGEy39K9vV94L6XXb7fjmDP2Fqtup83kOA');
    expect(idOf(ann, { isolation: { disabled: false } })).toBe(
      '8ygjTfFuUpGEy39K9vV94L6XXb7fjmDP2Fqtup83kOA',
    );
    expect(idOf(ann, { isolation: keyed })).toBe('QVuEZfj31M9xzMgdPPi4M6fzfl0-tzPcG7_1lbgJH8g');
  });

  test('differs by issuer, subject and key, and is a text that DeepSeek takes', () => {
    const users = [
      ann,
      { ...ann, subject: 'bob' },
      { ...ann, issuer: 'https://other.test' },
      { issuer: '', subject: 'https://issuer.testann' },
      { issuer: 'a","b', subject: 'c' },
      { issuer: 'a', subject: 'b","c' },
      { issuer: 'a', subject: 'ü'.repeat(5_000) },
    ];
    const ids = users.flatMap((user) => [
      idOf(user),
      idOf(user, { isolation: keyed }),
      idOf(user, { isolation: keyed, key: 'another' }),
    ]);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });

  test.each<[string, Server, VerifiedUser | undefined, '' | undefined]>([
    ['nobody at DeepSeek', {}, undefined, ''],
    ['nobody at DeepSeek, with a key', { isolation: keyed }, undefined, ''],
    ['somebody, disabled', { isolation: { disabled: true } }, ann, ''],
    ['somebody at another server', { engine: 'VLLM' }, ann, undefined],
    ['nobody at another server', { authority: 'vllm:8000' }, undefined, undefined],
  ])('%s', (_name, server, user, expected) => {
    expect(idOf(user, server)).toBe(expected);
  });

  test('another server is told where that is configured', () => {
    expect(idOf(ann, { engine: 'VLLM', isolation: keyed })).toBe(idOf(ann, { isolation: keyed }));
  });

  test.each(['away', 'empty'])('without the key, which is %s, no request is sent', (keySecret) => {
    const settings = {
      provider: 'deepseek',
      authority: 'a',
      credential: { kind: 'none' },
    } as const;
    const isolation = { disabled: false, keySecret };
    const backend = prepareBackend({ ...settings, isolation }, { empty: '' });
    expect(backend).toMatchObject({ missing: expect.any(String), userIds: { kind: 'none' } });
  });
});
