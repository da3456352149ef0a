import { describe, expect, test } from '@jest/globals';

import { fixedEndpoint, listedModel, modelEndpoint } from '../../../src/llm/model-endpoint.ts';

describe('modelEndpoint', () => {
  test.each([
    ['POST', '/v1/chat/completions', 'chat'],
    ['POST', '/chat/completions', 'chat'],
    ['POST', '/beta/chat/completions', 'chat'],
    ['POST', '/beta/completions', 'completions'],
    ['POST', '/v1/completions', 'completions'],
    ['POST', '/responses', 'responses'],
    ['POST', '/v1/responses', 'responses'],
    ['POST', '/v1/embeddings', 'embeddings'],
    ['POST', '/v1/messages', 'messages'],
    ['POST', '/anthropic/v1/messages', 'messages'],
    ['GET', '/v1/models', 'models'],
    ['GET', '/models', 'models'],
    ['GET', '/anthropic/v1/models', 'models'],
    ['GET', '/v1/models/deepseek-flash', 'models'],
    ['GET', '/v1/chat/completions', 'other'],
    ['PUT', '/v1/chat/completions', 'other'],
    ['HEAD', '/v1/models', 'other'],
    ['POST', '/v1/models', 'other'],
    ['DELETE', '/v1/models/x', 'other'],
    ['POST', '/v1/chat/completions/', 'other'],
    ['POST', '/V1/Chat/Completions', 'other'],
    ['POST', '/v1/chat%2Fcompletions', 'other'],
    ['POST', '//v1/chat/completions', 'other'],
    ['POST', '/openai/deployments/gpt/chat/completions', 'other'],
    ['POST', '/anthropic/v1/chat/completions', 'other'],
    ['POST', '/v1/messages/count_tokens', 'other'],
    ['POST', '/v1/responses/r1/cancel', 'other'],
    ['GET', '/v1/responses/r1', 'other'],
    ['GET', '/user/balance', 'other'],
    ['POST', '/api/chat', 'other'],
    ['GET', '/models/a/b', 'other'],
    ['GET', '/deep/models', 'other'],
    ['GET', '/models/%', 'other'],
    ['GET', '/', 'other'],
  ])('%s %s is %s', (method, path, endpoint) => {
    expect(modelEndpoint(method, path)).toBe(endpoint);
  });

  test.each([
    ['/serve/v1/chat/completions', '/serve', 'chat'],
    ['/serve/v1/chat/completions', '/serve/v1/', 'chat'],
    ['/serve/v1/chat/completions', '/', 'other'],
    ['/served/v1/chat/completions', '/serve', 'other'],
    ['/v1/chat/completions', '/v1', 'chat'],
  ])('%s behind %s is %s', (path, base, endpoint) => {
    expect(modelEndpoint('POST', path, base)).toBe(endpoint);
  });
});

describe('listedModel', () => {
  test.each([
    ['/v1/models', ''],
    ['/models/a', 'a'],
    ['/v1/models/deepseek-ai%2FDeepSeek-R1', 'deepseek-ai/DeepSeek-R1'],
    ['/v1/model', undefined],
    ['/x/models', undefined],
  ])('%s', (path, name) => {
    expect(listedModel(path)).toBe(name);
  });
});

describe('fixedEndpoint', () => {
  test.each([
    ['POST', '/serve/r1/chat/completions', 'chat'],
    ['POST', '/openai/deployments/x/completions', 'completions'],
    ['POST', '/x/v1/messages', 'messages'],
    ['POST', '/generate', 'other'],
    ['GET', '/v1/chat/completions', 'other'],
  ])('%s %s is %s', (method, path, endpoint) => {
    expect(fixedEndpoint(method, path)).toBe(endpoint);
  });
});
