import { describe, expect, test } from '@jest/globals';

import { bearerChallenge } from '../../../src/dataplane/challenge.ts';

const request = { scheme: 'http', authority: 'a.example:8080', path: '/v1' };

describe('bearerChallenge', () => {
  test('names the resource', () => {
    expect(bearerChallenge(request, false)).toBe('Bearer realm="http://a.example:8080/v1"');
  });

  test('says that the token is at fault', () => {
    expect(bearerChallenge(request, true)).toBe(
      'Bearer realm="http://a.example:8080/v1", error="invalid_token"',
    );
  });

  test('cuts the path, and only the path, at 256 characters', () => {
    const path = `/${'a'.repeat(300)}`;
    expect(bearerChallenge({ ...request, path }, false)).toBe(
      `Bearer realm="http://a.example:8080/${'a'.repeat(255)}"`,
    );
  });
});
