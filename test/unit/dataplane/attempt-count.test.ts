import { expect, test } from '@jest/globals';

import { countAttempt } from '../../../src/dataplane/attempt-count.ts';

test('the count of the gateway stands in place of any other', () => {
  const lines = ['x-envoy-attempt-count', '9', 'a', 'b', 'x-envoy-attempt-count', '8'];
  countAttempt(lines, 2);
  expect(lines).toEqual(['a', 'b', 'x-envoy-attempt-count', '2']);
});
