import { describe, expect, test } from '@jest/globals';

import type { LlmBackend } from '../../../src/ir/llm.ts';
import { prepareBackend } from '../../../src/llm/backend.ts';
import { prepareHeaders, rewritesBody } from '../../../src/llm/prepare-request.ts';

const secret = { kind: 'secret', secret: 'id' } as const;
const backend = (credential: LlmBackend['credential'], value = 'sk-1', model?: string) =>
  prepareBackend(
    { provider: 'deepseek', authority: 'a', credential, ...(model && { model }) },
    { id: value },
  );
const sent = [
  ['authorization', 'Bearer mine', 'api-key', '1', 'x-api-key', '2', 'x-goog-api-key', '3'],
  ['cookie', 'c', 'accept-encoding', 'gzip'],
].flat();
const prepared = (credential: LlmBackend['credential'], spent = false): string[] => {
  const lines = [...sent];
  prepareHeaders(lines, backend(credential), spent);
  return lines;
};

describe('prepareHeaders', () => {
  test('puts the key of the gateway in place of all of the client', () => {
    expect(prepared(secret)).toEqual(
      [['cookie', 'c', 'authorization', 'Bearer sk-1', 'accept-encoding', 'identity']].flat(),
    );
  });

  test('sends no key where none is wanted', () => {
    expect(prepared({ kind: 'none' })).toEqual(['cookie', 'c', 'accept-encoding', 'gzip']);
  });

  test('passes the credential of the client on, unless it was the token', () => {
    expect(prepared({ kind: 'passthrough' })).toEqual(
      [['authorization', 'Bearer mine', 'cookie', 'c', 'accept-encoding', 'gzip']].flat(),
    );
    expect(prepared({ kind: 'passthrough' }, true)).not.toContain('authorization');
  });
});

test('rewritesBody only for a configured model', () => {
  expect(rewritesBody(backend(secret))).toBe(false);
  expect(rewritesBody(backend(secret, 'k', 'm'))).toBe(true);
});
