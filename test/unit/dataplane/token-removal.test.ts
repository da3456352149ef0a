import { expect, test } from '@jest/globals';

import { removeTokens } from '../../../src/dataplane/token-removal.ts';

test('removeTokens takes out whole header lines and single parameters', () => {
  const places = {
    headers: ['authorization', 'Basic x, Bearer t', 'x-a', '1', 'authorization', 'Bearer t'],
    query: 'a=%20&access_token=t&b',
  };
  removeTokens(places, [
    { kind: 'header', name: 'Authorization', prefix: 'Bearer ' },
    { kind: 'query', name: 'access_token' },
  ]);
  expect(places).toEqual({ headers: ['x-a', '1'], query: 'a=%20&b' });
});
