import { describe, expect, test } from '@jest/globals';

import type { LlmBackend } from '../../../src/ir/llm.ts';
import { routedModel, targetModel } from '../../../src/llm/billed-model.ts';

const backend: LlmBackend = {
  provider: 'deepseek',
  credential: { kind: 'none' },
  authority: 'api.deepseek.com',
};

describe('routedModel', () => {
  test.each([
    ['m', undefined, 'm'],
    [undefined, undefined, undefined],
    [undefined, { default: 'd' }, 'd'],
    [undefined, { default: 'fast', aliases: { fast: 'flash' } }, 'flash'],
    ['m', { default: 'd' }, 'm'],
    ['fast', { aliases: { fast: 'flash', flash: 'never' } }, 'flash'],
    ['FAST', { aliases: { fast: 'flash' } }, 'FAST'],
    ['toString', { aliases: {} }, 'toString'],
    ['__proto__', { aliases: { a: 'b' } }, '__proto__'],
  ])('%s by %o is %s', (asked, rules, expected) => {
    expect(routedModel(asked, rules)).toBe(expected);
  });
});

describe('targetModel', () => {
  test.each([
    ['chat', 'deepseek-v4-pro', 'deepseek-v4-pro'],
    ['chat', 'deepseek-chat', 'deepseek-flash'],
    ['chat', 'deepseek-reasoner', 'deepseek-flash'],
    ['chat', 'deepseek-v4-flash', 'deepseek-flash'],
    ['chat', 'deepseek-v4-flash-vision-exp', 'deepseek-flash'],
    ['chat', 'deepseek-v4-flash-other', 'deepseek-v4-flash-other'],
    ['chat', 'DEEPSEEK-CHAT', 'DEEPSEEK-CHAT'],
    ['chat', 'claude-opus-4-1', 'claude-opus-4-1'],
    ['messages', 'claude-opus-4-1', 'deepseek-v4-pro'],
    ['messages', 'claude-sonnet-4', 'deepseek-flash'],
    ['messages', 'Claude-opus-4', 'Claude-opus-4'],
    ['messages', 'claude', 'claude'],
    ['messages', 'deepseek-chat', 'deepseek-flash'],
  ] as const)('%s %s is billed as %s', (endpoint, name, billed) => {
    expect(targetModel(name, endpoint, backend)).toEqual({ sent: name, billed });
  });

  test.each<[string, Partial<LlmBackend> | undefined, string]>([
    ['another host', { authority: 'r1.internal:8000' }, 'deepseek-chat'],
    ['another host by its engine', { authority: 'proxy', engine: 'DEEPSEEK' }, 'deepseek-flash'],
    ['another engine', { engine: 'VLLM' }, 'deepseek-chat'],
    ['a port', { authority: 'API.deepseek.com:443' }, 'deepseek-flash'],
    ['a longer name', { authority: 'api.deepseek.com.evil' }, 'deepseek-chat'],
  ])('%s', (_what, changes, billed) => {
    expect(targetModel('deepseek-chat', 'chat', { ...backend, ...changes })?.billed).toBe(billed);
  });

  test('the model of the server wins, and is billed as the vendor says', () => {
    const fixed = { ...backend, model: 'deepseek-reasoner' };
    const expected = { sent: 'deepseek-reasoner', billed: 'deepseek-flash' };
    expect(targetModel('deepseek-v4-pro', 'chat', fixed)).toEqual(expected);
    expect(targetModel(undefined, 'chat', fixed)).toEqual(expected);
  });

  test('no name is no model; without a model server it is what it is', () => {
    expect(targetModel(undefined, 'chat', backend)).toBeUndefined();
    expect(targetModel('deepseek-chat', 'chat', undefined)?.billed).toBe('deepseek-chat');
  });
});
