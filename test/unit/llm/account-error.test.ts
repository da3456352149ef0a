import { describe, expect, test } from '@jest/globals';

import {
  isAccountError,
  isLateAccountError,
  ownAccountError,
} from '../../../src/llm/account-error.ts';

const message = expect.stringContaining('credentials or the account of the gateway');

describe('errors about the account', () => {
  test.each<[string, object, object]>([
    [
      'of chat completions',
      { error: { message: 'x', type: 'authentication_error', param: null, code: 'y' } },
      { error: { message, type: 'upstream_auth', param: null, code: 'upstream_auth' } },
    ],
    [
      'by code',
      { error: { message: 'x', type: 'z', code: 'invalid_api_key' } },
      { error: { message, type: 'upstream_auth', param: null, code: 'upstream_auth' } },
    ],
    [
      'by number',
      { error: { message: 'x', code: 402 } },
      { error: { message, type: 'upstream_auth', param: null, code: 'upstream_auth' } },
    ],
    [
      'of messages',
      { type: 'error', error: { type: 'permission_error', message: 'x' } },
      { type: 'error', error: { type: 'api_error', message } },
    ],
    [
      'of responses',
      { type: 'error', code: 'invalid_api_key', message: 'x', param: null },
      { type: 'error', code: 'upstream_auth', message, param: null },
    ],
    [
      'in a response',
      { type: 'response.failed', response: { id: 'r', error: { code: '401', message: 'x' } } },
      {
        type: 'response.failed',
        response: { id: 'r', error: { code: 'upstream_auth', message } },
      },
    ],
    [
      'of old servers',
      { object: 'error', type: 'Unauthorized', message: 'x', code: 401 },
      { error: { code: 'upstream_auth', message, type: 'upstream_auth', param: null } },
    ],
  ])('%s', (_name, document, own) => {
    const fields = { ...document };
    expect(isAccountError(fields)).toBe(true);
    expect(isLateAccountError(fields)).toBe(true);
    expect(ownAccountError(fields)).toEqual(own);
  });

  test.each([
    { error: { message: 'Insufficient Balance', type: 'unknown_error', code: 'x' } },
    { error: { message: 'Your api key: ****abcd is invalid' } },
    { error: 'Authentication Fails' },
  ])('by its words only in an answer that began well: %j', (document) => {
    expect(isAccountError(document)).toBe(false);
    expect(isLateAccountError(document)).toBe(true);
  });

  test.each([
    { error: { message: 'Rate limit', type: 'rate_limit_error', code: 429 } },
    { error: null, status: 'completed' },
    { choices: [{ delta: { content: 'authentication_error: your api key' } }] },
    { type: 'message', role: 'assistant' },
    { error: 7, response: 'x' },
  ])('others are not: %j', (document) => {
    expect(isAccountError(document)).toBe(false);
    expect(isLateAccountError(document)).toBe(false);
  });
});
