import { describe, expect, test } from '@jest/globals';

import { addClaimHeaders, removeTrustedHeaders } from '../../../src/dataplane/claim-headers.ts';
import type { VerifiedIdentity } from '../../../src/jwt/authenticate.ts';

describe('removeTrustedHeaders', () => {
  test('takes out every spelling that a server could read as the same name', () => {
    const lines = ['x-user', '1', 'x_user', '2', 'x-user-id', '3', 'x_user_id', '4'];
    removeTrustedHeaders(lines, new Set(['x-user']));
    expect(lines).toEqual(['x-user-id', '3', 'x_user_id', '4']);
  });
});

describe('addClaimHeaders', () => {
  const added = (headers: VerifiedIdentity['headers'], lines: string[] = ['a', '1']) => {
    const any = addClaimHeaders(lines, { provider: 'p', claims: {}, headers });
    return { any, lines };
  };

  test('replaces, or appends one more line', () => {
    expect(added([{ name: 'a', value: '2', append: false }])).toEqual({
      any: true,
      lines: ['a', '2'],
    });
    expect(added([{ name: 'a', value: '2', append: true }])).toEqual({
      any: true,
      lines: ['a', '1', 'a', '2'],
    });
  });

  test.each([
    ['host', 'evil'],
    ['content-length', '0'],
    ['transfer-encoding', 'chunked'],
    ['connection', 'close'],
    ['x-user', 'a\r\nx-admin: 1'],
    ['x-user', 'a\u0000'],
  ])('never writes %s: %j', (name, value) => {
    expect(added([{ name, value, append: false }])).toEqual({ any: false, lines: ['a', '1'] });
  });
});
