import { expect, test } from '@jest/globals';

import { Histogram } from '../../../src/dataplane/histogram.ts';

test('a value is in the bucket of the first bound that it does not exceed', () => {
  const histogram = new Histogram([1, 10]);
  for (const value of [0, 1, 1.5, 10, 10.1, 1000]) histogram.observe(value);
  expect(histogram).toMatchObject({ buckets: [2, 2, 2], count: 6, sum: 1022.6 });
});
