import { expect, test } from '@jest/globals';

import { modelFields } from '../../../src/dataplane/model-fields.ts';
import { ended } from '../../support/model-end.ts';

test('all that is known of an answer', () => {
  const claim = { name: 'team', value: 'red', maxValues: 1 };
  expect(modelFields(ended({ claim, firstTokenMs: 500.1234 }))).toEqual({
    endpoint: 'chat',
    stream: true,
    requested: 'fast',
    billed: 'deepseek-flash',
    answered: 'deepseek-flash',
    provider: 'deepseek',
    host: 'api.deepseek.com',
    tries: 1,
    inputTokens: 100,
    outputTokens: 41,
    cacheHitTokens: 60,
    cacheMissTokens: 40,
    reasoningTokens: 30,
    usage: 'told',
    costUsd: 0.000_031,
    firstTokenMs: 500.12,
    finishReason: 'stop',
    claim: 'team',
    claimValue: 'red',
  });
});

test('a request that was refused says no more than what was asked for', () => {
  const refused = ended({
    billedModel: '',
    responseModel: '',
    provider: '',
    host: '',
    tries: 0,
    usage: undefined,
    usageSource: 'none',
    nanoUsd: undefined,
    firstTokenMs: undefined,
    finishReason: '',
    errorType: 'rbac',
  });
  expect(modelFields(refused)).toEqual({
    endpoint: 'chat',
    stream: true,
    requested: 'fast',
    tries: 0,
    error: 'rbac',
  });
});

test('an answer without usage says that nothing is known', () => {
  const unknown = ended({ usage: undefined, usageSource: 'unknown', nanoUsd: undefined });
  expect(modelFields(unknown)).toMatchObject({ usage: 'unknown' });
  expect(modelFields(unknown)).not.toHaveProperty('inputTokens');
});
