import { describe, expect, test } from '@jest/globals';

import type { ModelEnd } from '../../../src/dataplane/model-end.ts';
import { createModelMeter } from '../../../src/dataplane/model-meter.ts';
import { ended } from '../../support/model-end.ts';

/** Series of one metric by the labels that they have, joined. */
function seriesOf(name: string, ends: readonly ModelEnd[]): Readonly<Record<string, unknown>> {
  const meter = createModelMeter();
  for (const end of ends) meter.ended(end);
  const family = meter.families.find((one) => one.name === name);
  if (family === undefined) throw new Error(`no metric ${name}`);
  const all = family.kind === 'counter' ? family.series() : family.series();
  for (const { labels } of all) expect(labels).toHaveLength(family.labelNames.length);
  return Object.fromEntries(
    all.map((one) => [
      one.labels.filter((label) => label !== '').join(' '),
      'value' in one ? one.value : { sum: one.sum, count: one.count },
    ]),
  );
}

const chat = 'chat deepseek deepseek-flash deepseek-flash api.deepseek.com';
const server = 'deepseek deepseek-flash api.deepseek.com';

describe('the metrics of OpenTelemetry', () => {
  test('count input and output of what servers told', () => {
    const estimated = ended({ usageSource: 'estimated' });
    expect(seriesOf('gen_ai.client.token.usage', [ended(), ended(), estimated])).toEqual({
      [`${chat} input`]: { sum: 200, count: 2 },
      [`${chat} output`]: { sum: 82, count: 2 },
    });
  });

  test('have the duration of every request that reached a server, with its error', () => {
    const failed = ended({ errorType: '429', usage: undefined, usageSource: 'none' });
    const refused = ended({ tries: 0 });
    expect(seriesOf('gen_ai.client.operation.duration', [ended(), failed, refused])).toEqual({
      [chat]: { sum: 2.5, count: 1 },
      [`${chat} 429`]: { sum: 2.5, count: 1 },
    });
  });

  test('have the first token and the pace of streams', () => {
    const ends = [
      ended(),
      ended({ stream: false }),
      ended({ firstTokenMs: undefined }),
      ended({ usage: { inputTokens: 1, outputTokens: 1 } }),
    ];
    expect(seriesOf('gen_ai.server.time_to_first_token', ends)).toEqual({
      [chat]: { sum: 1, count: 2 },
    });
    // 40 tokens after the first in two seconds.
    expect(seriesOf('gen_ai.server.time_per_output_token', ends)).toEqual({
      [chat]: { sum: 0.05, count: 1 },
    });
  });

  test('have no request that is none of their operations', () => {
    const listing = ended({ endpoint: 'models', operation: '' });
    expect(seriesOf('gen_ai.client.operation.duration', [listing])).toEqual({});
  });

  test('tell port and address of a server apart', () => {
    const meter = createModelMeter();
    meter.ended(ended({ host: 'r1.models.svc:8000' }));
    const [family] = meter.families;
    expect(family?.series()[0]?.labels.slice(4, 6)).toEqual(['r1.models.svc', '8000']);
  });
});

describe('our own metrics', () => {
  test('count each token once, by kind and claim', () => {
    const claim = { name: 'team', value: 'red', maxValues: 1 };
    const blue = { ...claim, value: 'blue' };
    const ends = [ended(), ended({ claim }), ended({ claim: blue })];
    expect(seriesOf('seekgate.model.tokens', ends)).toEqual({
      [`${server} input_cache_hit`]: 60,
      [`${server} input_cache_miss`]: 40,
      [`${server} output_reasoning`]: 30,
      [`${server} output_answer`]: 11,
      [`${server} team red input_cache_hit`]: 60,
      [`${server} team red input_cache_miss`]: 40,
      [`${server} team red output_reasoning`]: 30,
      [`${server} team red output_answer`]: 11,
      [`${server} team _other input_cache_hit`]: 60,
      [`${server} team _other input_cache_miss`]: 40,
      [`${server} team _other output_reasoning`]: 30,
      [`${server} team _other output_answer`]: 11,
    });
  });

  test('never have more hits than input, nor more reasoning than output', () => {
    const usage = { inputTokens: 1, outputTokens: 2, cacheHitTokens: 9, reasoningTokens: 9 };
    expect(seriesOf('seekgate.model.tokens', [ended({ usage })])).toEqual({
      [`${server} input_cache_hit`]: 1,
      [`${server} input_cache_miss`]: 0,
      [`${server} output_reasoning`]: 2,
      [`${server} output_answer`]: 0,
    });
  });

  test('add dollars up without losing a billionth', () => {
    const ends = Array.from({ length: 1000 }, () => ended({ nanoUsd: 3 }));
    expect(seriesOf('seekgate.model.cost', ends)).toEqual({ [server]: 0.000_003 });
  });

  test('say what has no price, and of which answers the tokens are not known', () => {
    const ends = [
      ended({ nanoUsd: undefined }),
      ended({ usageSource: 'estimated' }),
      ended({ usage: undefined, usageSource: 'unknown' }),
      ended({ usage: undefined, usageSource: 'none', errorType: '500' }),
    ];
    expect(seriesOf('seekgate.model.unpriced', ends)).toEqual({ [server]: 1 });
    expect(seriesOf('seekgate.model.answers', ends)).toEqual({
      [`${server} told`]: 1,
      [`${server} estimated`]: 1,
      [`${server} unknown`]: 1,
    });
  });
});

test('names that clients make up have no labels of their own', () => {
  const failed = ended({
    billedModel: 'made-up',
    responseModel: '',
    errorType: '400',
    usage: undefined,
    usageSource: 'none',
  });
  expect(seriesOf('gen_ai.client.operation.duration', [failed])).toEqual({
    'chat deepseek _other api.deepseek.com 400': { sum: 2.5, count: 1 },
  });
});

test('nor more than a number of those that a server answers to', () => {
  const ends = Array.from({ length: 500 }, (_none, index) =>
    ended({ billedModel: `m${index}`, responseModel: '' }),
  );
  const found = seriesOf('gen_ai.client.operation.duration', ends);
  expect(Object.keys(found)).toHaveLength(201);
  expect(found['chat deepseek _other api.deepseek.com']).toMatchObject({ count: 300 });
});
