import { describe, expect, it } from '@jest/globals';

import { listedModels, mockModel } from '../../../src/cli/mock-deepseek-model-name.ts';

const deepseek = { dialect: 'deepseek' } as const;

describe('name of a model', () => {
  it.each([
    ['deepseek-flash', { name: 'deepseek-flash' }],
    ['deepseek-v4-flash-vision-exp', { name: 'deepseek-flash' }],
    ['deepseek-v4-pro', { name: 'deepseek-v4-pro' }],
    ['Deepseek-Flash', undefined],
    ['deepseek-chat', undefined],
    ['claude-opus-4', undefined],
  ])('%s', (name, model) => {
    expect(mockModel(name, deepseek)).toEqual(model);
  });

  it.each([
    ['claude-opus-4-7', 'deepseek-v4-pro'],
    ['claude-sonnet-5', 'deepseek-flash'],
    ['gpt-4', undefined],
  ])('%s on the Anthropic path', (name, model) => {
    expect(mockModel(name, deepseek, true)?.name).toBe(model);
  });

  it('of former times, where it still counts', () => {
    const names = { ...deepseek, legacyNames: true };
    expect(mockModel('deepseek-reasoner', names)).toEqual({
      name: 'deepseek-flash',
      thinking: true,
    });
    expect(mockModel('deepseek-chat', names)?.thinking).toBe(false);
  });

  it('is one of those given, if some are', () => {
    const names = { ...deepseek, models: ['m'] };
    expect([mockModel('m', names), mockModel('deepseek-flash', names)]).toEqual([
      { name: 'm' },
      undefined,
    ]);
    expect(listedModels(names)).toEqual(['m']);
  });

  it('is any at servers of one model', () => {
    expect(mockModel('x', { dialect: 'llama.cpp' })).toEqual({ name: 'x' });
    expect(mockModel('x', { dialect: 'vllm' })).toBeUndefined();
  });

  it('is listed once', () => {
    expect(listedModels(deepseek)).toEqual(['deepseek-flash', 'deepseek-v4-pro']);
  });
});
