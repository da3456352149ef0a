import { describe, expect, test } from '@jest/globals';

import type { LlmBackend } from '../../../src/ir/llm.ts';
import { prepareBackend } from '../../../src/llm/backend.ts';
import { prepareHeaders, rewritesBody } from '../../../src/llm/prepare-request.ts';

const secret = { kind: 'secret', secret: 'id' } as const;
const backend = (credential: LlmBackend['credential'], more: Partial<LlmBackend> = {}) =>
  prepareBackend(
    { provider: 'deepseek', authority: 'api.deepseek.com', credential, ...more },
    { id: 'sk-1' },
  );
const sent = [
  ['authorization', 'Bearer mine', 'api-key', '1', 'x-api-key', '2', 'x-goog-api-key', '3'],
  ['anthropic-api-key', '4', 'cookie', 'c', 'accept-encoding', 'gzip', 'openai-project', 'p'],
].flat();

interface Asked extends Partial<LlmBackend> {
  readonly path?: string;
  readonly spent?: string;
}

function prepared(
  credential: LlmBackend['credential'],
  { path = '/v1/chat/completions', spent = '', ...more }: Asked = {},
): string[] {
  const lines = [...sent];
  const isSpent = (name: string) => name === spent;
  prepareHeaders(lines, backend(credential, more), { path, isSpent });
  return lines;
}

const kept = ['cookie', 'c'];
const bearer = ['authorization', 'Bearer sk-1'];
const bare = ['x-api-key', 'sk-1'];
const identity = ['accept-encoding', 'identity'];
const rest = [...kept, 'accept-encoding', 'gzip', 'openai-project', 'p'];

describe('prepareHeaders', () => {
  test.each<[string, Asked, readonly (readonly string[])[]]>([
    ['chat', {}, [bearer]],
    ['Anthropic of DeepSeek', { path: '/anthropic/v1/messages' }, [bare]],
    ['Responses of DeepSeek', { path: '/responses' }, [bearer]],
    ['messages of another server', { path: '/v1/messages', engine: 'VLLM' }, [bearer, bare]],
  ])('puts the key of the gateway in place of all of the client: %s', (_name, asked, keys) => {
    expect(prepared(secret, asked)).toEqual([kept, ...keys, identity].flat());
  });

  test('sends no key where none is wanted', () => {
    expect(prepared({ kind: 'none' })).toEqual(rest);
    expect(prepared({ kind: 'none' }, { path: '/v1/messages' })).toEqual(rest);
  });

  test('passes the credential of the client on, unless it was the token', () => {
    const passed = ['authorization', 'Bearer mine'];
    const passthrough = { kind: 'passthrough' } as const;
    expect(prepared(passthrough)).toEqual([...passed, ...rest]);
    expect(prepared(passthrough, { spent: 'authorization' })).toEqual(rest);
    const path = '/anthropic/v1/messages';
    expect(prepared(passthrough, { path })).toEqual([...passed, 'x-api-key', '2', ...rest]);
    expect(prepared(passthrough, { path, spent: 'x-api-key' })).toEqual([...passed, ...rest]);
  });
});

test('rewritesBody only for a configured model', () => {
  expect(rewritesBody(backend(secret))).toBe(false);
  expect(rewritesBody(backend(secret, { model: 'm' }))).toBe(true);
});
