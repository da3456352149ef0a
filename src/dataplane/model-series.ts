import type { CounterSeries, HistogramSeries, MetricFamily } from '../base/metric-family.ts';
import { Histogram } from './histogram.ts';
import { LabelTree } from './label-tree.ts';

const tokenBounds = Array.from({ length: 14 }, (_none, index) => 4 ** index);
// The last ones are for reasoning, which takes longer than the conventions think.
const durationBounds = [
  ...Array.from({ length: 14 }, (_none, index) => 0.01 * 2 ** index),
  300,
  900,
];
const firstTokenBounds = [
  0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60, 300,
];
const perTokenBounds = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5,
];

const operationLabels = [
  'gen_ai.operation.name',
  'gen_ai.provider.name',
  'gen_ai.request.model',
  'gen_ai.response.model',
  'server.address',
  'server.port',
];
const ownLabels = ['gen_ai.provider.name', 'gen_ai.request.model', 'server.address', 'server.port'];
const claimLabels = ['claim', 'claim_value'];

interface Sum {
  value: number;
}

type Sums = LabelTree<Sum>;
type Histograms = LabelTree<Histogram>;

/** What is counted of requests for models, under its labels. */
export interface ModelSeries {
  readonly tokens: Histograms;
  readonly durations: Histograms;
  readonly firstTokens: Histograms;
  readonly perToken: Histograms;
  readonly kinds: Sums;
  readonly cost: Sums;
  readonly unpriced: Sums;
  readonly answers: Sums;
}

/** Nothing is counted yet. */
export function createModelSeries(): ModelSeries {
  const sums = (): Sums => new LabelTree(() => ({ value: 0 }));
  const histograms = (bounds: readonly number[]): Histograms =>
    new LabelTree(() => new Histogram(bounds));
  return {
    tokens: histograms(tokenBounds),
    durations: histograms(durationBounds),
    firstTokens: histograms(firstTokenBounds),
    perToken: histograms(perTokenBounds),
    kinds: sums(),
    cost: sums(),
    unpriced: sums(),
    answers: sums(),
  };
}

/** All of it as metrics. */
export function modelFamilies(counted: ModelSeries): readonly MetricFamily[] {
  return [...conventional(counted), ...ours(counted)];
}

function conventional(counted: ModelSeries): readonly MetricFamily[] {
  return [
    {
      name: 'gen_ai.client.token.usage',
      unit: '{token}',
      help: 'Tokens of a request for a model, as its server counts them.',
      labelNames: [...operationLabels, 'gen_ai.token.type'],
      ...histogramOf(tokenBounds, counted.tokens),
    },
    {
      name: 'gen_ai.client.operation.duration',
      unit: 's',
      help: 'From the arrival of a request for a model to its end.',
      labelNames: [...operationLabels, 'error.type'],
      ...histogramOf(durationBounds, counted.durations),
    },
    {
      name: 'gen_ai.server.time_to_first_token',
      unit: 's',
      help: 'From the arrival of a request for a stream to its first token, reasoning included.',
      labelNames: operationLabels,
      ...histogramOf(firstTokenBounds, counted.firstTokens),
    },
    {
      name: 'gen_ai.server.time_per_output_token',
      unit: 's',
      help: 'Of a stream, for each token after the first.',
      labelNames: operationLabels,
      ...histogramOf(perTokenBounds, counted.perToken),
    },
  ];
}

function ours(counted: ModelSeries): readonly MetricFamily[] {
  return [
    {
      name: 'seekgate.model.tokens',
      unit: '{token}',
      help: 'Tokens by kind: input_cache_hit, input_cache_miss, output_reasoning, output_answer.',
      labelNames: [...ownLabels, ...claimLabels, 'kind'],
      ...counterOf(counted.kinds),
    },
    {
      name: 'seekgate.model.cost',
      unit: 'USD',
      help: 'What tokens cost by the table of prices.',
      labelNames: [...ownLabels, ...claimLabels],
      ...counterOf(counted.cost, 1e-9),
    },
    {
      name: 'seekgate.model.unpriced',
      unit: '{answer}',
      help: 'Answers for which the table has no price.',
      labelNames: ownLabels,
      ...counterOf(counted.unpriced),
    },
    {
      name: 'seekgate.model.answers',
      unit: '{answer}',
      help: 'Answers by what is known of their tokens: told, estimated, unknown.',
      labelNames: [...ownLabels, 'usage'],
      ...counterOf(counted.answers),
    },
  ];
}

function histogramOf(bounds: readonly number[], tree: Histograms) {
  const series = (): readonly HistogramSeries[] =>
    tree
      .entries()
      .map(([labels, { buckets, sum, count }]) => ({ labels, buckets: [...buckets], sum, count }));
  return { kind: 'histogram' as const, bounds, series };
}

function counterOf(tree: Sums, factor = 1) {
  const series = (): readonly CounterSeries[] =>
    tree.entries().map(([labels, { value }]) => ({ labels, value: value * factor }));
  return { kind: 'counter' as const, series };
}
