import type { MetricFamily } from '../base/metric-family.ts';
import type { Pricing } from '../llm/pricing.ts';
import type { TokenUsage } from '../llm/token-usage.ts';
import { BoundedLabels } from './bounded-labels.ts';
import { ClaimLabels } from './claim-labels.ts';
import type { LabelTree } from './label-tree.ts';
import type { ModelEnd } from './model-end.ts';
import { createModelSeries, modelFamilies, type ModelSeries } from './model-series.ts';

/** Counts requests for models: by the names of OpenTelemetry where it has some. */
export interface ModelMeter {
  /** Undefined: nothing has a price. */
  readonly pricing: Pricing | undefined;
  readonly ended: (end: ModelEnd) => void;
  readonly families: readonly MetricFamily[];
}

/** Models with labels of their own: clients choose names, and some servers answer to every one. */
const modelLimit = 200;

/** Creates the meter; what it counts is bounded by the table and by limits on names from outside. */
export function createModelMeter(pricing?: Pricing): ModelMeter {
  const series = createModelSeries();
  const models = new BoundedLabels();
  const claims = new ClaimLabels();
  return {
    pricing,
    ended: (end) => {
      const { operation } = end;
      if (operation === '' || end.tries === 0) return;
      const isKnown = end.errorType === '' || end.usageSource === 'told';
      const nameOf = (model: string): string =>
        isKnown ? models.labelOf(model, modelLimit) : models.knownLabelOf(model);
      const billed = nameOf(end.billedModel);
      const answered = nameOf(end.responseModel);
      const server = serverLabels(end.host);
      observe(series, [operation, end.provider, billed, answered, ...server], end);
      count(series, [end.provider, billed, ...server], claims.labelsOf(end.claim), end);
    },
    families: modelFamilies(series),
  };
}

function serverLabels(host: string): readonly [string, string] {
  const found = /^(.*):(\d+)$/.exec(host);
  return found === null ? [host, ''] : [found[1] ?? '', found[2] ?? ''];
}

function under<T>(tree: LabelTree<T>, labels: readonly string[]): LabelTree<T> {
  return labels.reduce((at, label) => at.at(label), tree);
}

/** The metrics of the conventions: only what a server told is in them. */
function observe(series: ModelSeries, labels: readonly string[], end: ModelEnd): void {
  const { usage, usageSource, durationMs, firstTokenMs, errorType, stream } = end;
  under(series.durations, labels)
    .at(errorType)
    .value.observe(durationMs / 1000);
  if (usage !== undefined && usageSource === 'told') {
    const tokens = under(series.tokens, labels);
    tokens.at('input').value.observe(usage.inputTokens);
    tokens.at('output').value.observe(usage.outputTokens);
  }
  if (!stream || firstTokenMs === undefined) return;
  under(series.firstTokens, labels).value.observe(firstTokenMs / 1000);
  if (usage === undefined || usage.outputTokens < 2 || errorType !== '') return;
  const perTokenMs = (durationMs - firstTokenMs) / (usage.outputTokens - 1);
  under(series.perToken, labels).value.observe(perTokenMs / 1000);
}

/** Our own: all that is paid for, and by whom. */
function count(
  series: ModelSeries,
  labels: readonly string[],
  claim: readonly string[],
  { usage, usageSource, nanoUsd }: ModelEnd,
): void {
  if (usageSource === 'none') return;
  under(series.answers, labels).at(usageSource).value.value += 1;
  if (usage === undefined) return;
  const kinds = under(series.kinds, [...labels, ...claim]);
  for (const [kind, tokens] of kindsOf(usage)) kinds.at(kind).value.value += tokens;
  if (nanoUsd === undefined) under(series.unpriced, labels).value.value += 1;
  else under(series.cost, [...labels, ...claim]).value.value += nanoUsd;
}

/** Without overlap: their sum is all tokens. */
function kindsOf(usage: TokenUsage): readonly (readonly [kind: string, tokens: number])[] {
  const { inputTokens, outputTokens, cacheHitTokens = 0, reasoningTokens = 0 } = usage;
  const hits = Math.min(cacheHitTokens, inputTokens);
  const reasoning = Math.min(reasoningTokens, outputTokens);
  return [
    ['input_cache_hit', hits],
    ['input_cache_miss', inputTokens - hits],
    ['output_reasoning', reasoning],
    ['output_answer', outputTokens - reasoning],
  ];
}
