import { expect, test } from '@jest/globals';

import { errorBody } from '../../../src/llm/error-body.ts';

test('errorBody has the shape of DeepSeek', () => {
  expect(JSON.parse(errorBody('t', 'a "b"'))).toEqual({
    error: { message: 'a "b"', type: 't', param: null, code: 't' },
  });
});
