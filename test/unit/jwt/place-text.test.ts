import { describe, expect, it } from '@jest/globals';

import { placeText } from '../../../src/jwt/place-text.ts';
import { bearer, custom, parameter, request } from '../../support/jwt-stage.ts';

describe('placeText', () => {
  it.each([
    ['a parameter', request({}, { access_token: 'T' }), parameter, 'query access_token: a token'],
    ['no parameter', request(), parameter, 'query access_token: absent'],
    ['a header', request({ authorization: 'Bearer T' }), bearer, 'header authorization: a token'],
    ['two lines', request({ 'x-token': ['T', 'U'] }), custom, 'header x-token: 2 tokens'],
    ['no header', request(), bearer, 'header authorization: absent'],
    [
      'another scheme',
      request({ authorization: 'Basic T' }),
      bearer,
      'header authorization: there, but not with "Bearer "',
    ],
  ])('%s', (_name, asked, source, text) => {
    expect(placeText(asked, source)).toBe(text);
  });
});
