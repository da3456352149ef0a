import { describe, expect, it } from '@jest/globals';

import { mockError, wrongKeyError } from '../../../src/cli/mock-deepseek-error.ts';

describe('error of the stand-in', () => {
  it.each([
    [400, 'invalid_request_error'],
    [401, 'authentication_error'],
    [402, 'unknown_error'],
    [422, 'invalid_request_error'],
    [429, 'rate_limit_error'],
    [500, 'server_error'],
    [503, 'service_unavailable_error'],
    [418, 'unknown_error'],
  ])('%d has the type %s and a text', (status, type) => {
    expect(mockError(status)).toEqual({
      status,
      body: {
        error: { message: expect.stringMatching(/./), type, param: null, code: expect.any(String) },
      },
    });
  });

  it('takes a text of its own', () => {
    expect(mockError(400, 'Model Not Exist').body.error.message).toBe('Model Not Exist');
  });

  it('repeats four characters of a wrong key and no more', () => {
    expect(wrongKeyError('sk-abcdefgh').body.error.message).toContain('****efgh is');
    expect(wrongKeyError('sk-abcdefgh').body.error.message).not.toContain('defgh');
  });
});
