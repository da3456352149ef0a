import { expect, test } from '@jest/globals';

import { createModelSeries, modelFamilies } from '../../../src/dataplane/model-series.ts';

test('every metric has a name of its own, ascending bounds, and no series at first', () => {
  const families = modelFamilies(createModelSeries());
  expect(families.map(({ name }) => name)).toEqual([
    'gen_ai.client.token.usage',
    'gen_ai.client.operation.duration',
    'gen_ai.server.time_to_first_token',
    'gen_ai.server.time_per_output_token',
    'seekgate.model.tokens',
    'seekgate.model.cost',
    'seekgate.model.unpriced',
    'seekgate.model.answers',
  ]);
  for (const family of families) {
    expect(family.series()).toEqual([]);
    if (family.kind === 'histogram') {
      expect(family.bounds.toSorted((a, b) => a - b)).toEqual(family.bounds);
    }
  }
});

test('the bounds of tokens and durations are those of the conventions, and more for reasoning', () => {
  const [tokens, durations] = modelFamilies(createModelSeries());
  expect(tokens).toMatchObject({ bounds: expect.arrayContaining([1, 4, 67_108_864]) });
  expect(durations).toMatchObject({
    bounds: [
      0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92, 300,
      900,
    ],
  });
});
