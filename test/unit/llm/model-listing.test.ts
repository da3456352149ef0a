import { describe, expect, test } from '@jest/globals';

import type { LlmBackend, ModelRules } from '../../../src/ir/llm.ts';
import { modelListing, usableModels } from '../../../src/llm/model-listing.ts';

const deepseek: LlmBackend = {
  provider: 'deepseek',
  credential: { kind: 'none' },
  authority: 'api.deepseek.com',
};
const own: LlmBackend = { ...deepseek, authority: 'r1:8000' };

function listed(
  names: readonly string[],
  {
    rules,
    backends = [deepseek],
    isAnthropic = false,
  }: {
    readonly rules?: ModelRules;
    readonly backends?: readonly LlmBackend[];
    readonly isAnthropic?: boolean;
  } = {},
) {
  return { grant: new Set(names), rules, backends, isAnthropic };
}

describe('usableModels', () => {
  test.each([
    [
      'what is billed',
      listed(['deepseek-flash', 'deepseek-v4-pro']),
      ['deepseek-flash', 'deepseek-v4-pro'],
    ],
    ['no name that is billed as another', listed(['deepseek-chat']), []],
    [
      'the same name of an own server',
      listed(['deepseek-chat'], { backends: [own] }),
      ['deepseek-chat'],
    ],
    [
      'aliases of what may be used',
      listed(['deepseek-flash'], {
        rules: { aliases: { fast: 'deepseek-chat', best: 'deepseek-v4-pro' } },
      }),
      ['deepseek-flash', 'fast'],
    ],
    [
      'an alias that hides a name',
      listed(['deepseek-flash'], { rules: { aliases: { 'deepseek-flash': 'deepseek-v4-pro' } } }),
      [],
    ],
    [
      'one model only, where the server has one',
      listed(['deepseek-flash', 'x'], { backends: [{ ...deepseek, model: 'deepseek-chat' }] }),
      ['deepseek-flash'],
    ],
    [
      'a model that one of several servers has',
      listed(['deepseek-chat'], { backends: [deepseek, own] }),
      ['deepseek-chat'],
    ],
    ['nothing without a server', listed(['a'], { backends: [] }), []],
    ['nothing of nothing', listed([]), []],
  ])('%s', (_what, listing, expected) => {
    expect(usableModels(listing)).toEqual(expected);
  });
});

describe('modelListing', () => {
  test('in the form of OpenAI', () => {
    const { status, body } = modelListing(listed(['deepseek-flash']), '');
    expect(status).toBe(200);
    expect(JSON.parse(body)).toEqual({
      object: 'list',
      data: [{ id: 'deepseek-flash', object: 'model', created: 0, owned_by: 'seekgate' }],
    });
  });

  test('in the form of Anthropic', () => {
    const { body } = modelListing(listed(['deepseek-flash'], { isAnthropic: true }), '');
    expect(JSON.parse(body)).toMatchObject({
      data: [{ type: 'model', id: 'deepseek-flash' }],
      has_more: false,
      first_id: 'deepseek-flash',
      last_id: 'deepseek-flash',
    });
  });

  test('one model, and none that the caller may not use', () => {
    const one = modelListing(listed(['deepseek-flash']), 'deepseek-flash');
    expect(one.status).toBe(200);
    expect(JSON.parse(one.body)).toMatchObject({ id: 'deepseek-flash' });
    const other = modelListing(listed(['deepseek-flash']), 'deepseek-v4-pro');
    expect(other.status).toBe(404);
    expect(other.body).not.toContain('deepseek-v4-pro');
  });
});
