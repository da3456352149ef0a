import { expect, test } from '@jest/globals';

import { verifiedUser } from '../../../src/dataplane/verified-user.ts';

const identity = (claims: Readonly<Record<string, unknown>>) => ({
  provider: 'p',
  claims,
  headers: [],
});
const ann = { issuer: 'i', subject: 'ann' };

test.each([
  [
    'the last token',
    [
      { iss: 'j', sub: 'bob' },
      { iss: 'i', sub: 'ann' },
    ],
    ann,
  ],
  ['a token without issuer', [{ sub: 'ann' }], { issuer: '', subject: 'ann' }],
  ['no token', [], undefined],
  ['no subject in the last', [{ iss: 'i', sub: 'ann' }, { iss: 'i' }], undefined],
  ['an empty subject', [{ iss: 'i', sub: '' }], undefined],
  ['a subject that is no text', [{ iss: 'i', sub: 7 }], undefined],
])('%s', (_name, claims, expected) => {
  expect(verifiedUser({ identities: claims.map(identity) })).toEqual(expected);
});
