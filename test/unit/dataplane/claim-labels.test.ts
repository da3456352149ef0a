import { expect, test } from '@jest/globals';

import { ClaimLabels } from '../../../src/dataplane/claim-labels.ts';

test('values are bounded for each claim', () => {
  const labels = new ClaimLabels();
  const of = (name: string, value: string) => labels.labelsOf({ name, value, maxValues: 1 });
  expect(of('team', 'red')).toEqual(['team', 'red']);
  expect(of('team', 'blue')).toEqual(['team', '_other']);
  expect(of('sub', 'blue')).toEqual(['sub', 'blue']);
  expect(of('team', '')).toEqual(['team', '']);
  expect(labels.labelsOf(undefined)).toEqual(['', '']);
});

test('and for all claims together', () => {
  const labels = new ClaimLabels();
  const found = new Set<string>();
  for (let claim = 0; claim < 3; claim += 1) {
    for (let value = 0; value < 5000; value += 1) {
      const [name, label] = labels.labelsOf({
        name: `c${claim}`,
        value: `v${value}`,
        maxValues: 4000,
      });
      found.add(`${name} ${label}`);
    }
  }
  // Each of the three has the shared label besides.
  expect(found.size).toBe(10_000 + 3);
});
