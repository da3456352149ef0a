import { describe, expect, it } from '@jest/globals';

import { changeState, parseKeys } from '../../../src/cli/mock-deepseek-state.ts';

describe('state of the stand-in', () => {
  it('is changed member by member; null puts one back', () => {
    const state = changeState(
      { waiting: 3, slots: 1 },
      '{waiting: 7, slots: null, healthy: false}',
    );
    expect(state).toEqual({ waiting: 7, healthy: false });
  });

  it.each([
    ['[]', 'accepted an object'],
    ['{', 'unexpected'],
    ['{wating: 1}', 'state.wating: unknown, accepted concurrency'],
    ['{waiting: -1}', 'state.waiting: found -1'],
    ['{healthy: 1}', 'state.healthy: found 1'],
    ['{reasoningInput: maybe}', 'state.reasoningInput: found "maybe"'],
  ])('is not changed by %s', (text, message) => {
    expect(() => changeState({}, text)).toThrow(message);
  });

  it('has a list of keys', () => {
    expect(parseKeys('[sk-a, sk-b]')).toEqual(['sk-a', 'sk-b']);
    expect(() => parseKeys('sk-a')).toThrow('accepted a list of strings');
    expect(() => parseKeys('[1]')).toThrow('accepted a list of strings');
  });
});
