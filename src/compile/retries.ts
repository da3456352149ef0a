import type { RetriesSpec } from '../api/retries.ts';
import { durationMs } from '../base/duration.ts';
import { retryConditions, type RetryCondition, type RetryPolicy } from '../ir/retry.ts';
import { shown, type Findings } from './findings.ts';
import type { At } from './host-plan.ts';

/** Envoy's. */
const defaultBaseMs = 25;
const defaultGrowth = 10;
/** Words of Envoy for gRPC, and one that needs names of headers, for which Gloo has no field. */
const unservedWords: readonly string[] = [
  'retriable-headers',
  'http3-post-connect-failure',
  'cancelled',
  'deadline-exceeded',
  'internal',
  'resource-exhausted',
  'unavailable',
];

/** Compiles a retry policy; undefined: nothing in it would ever lead to a retry. */
export function compileRetries(
  { value, path }: At<RetriesSpec>,
  findings: Findings,
): RetryPolicy | undefined {
  const on = conditionsOf(value.retryOn ?? '', `${path}.retryOn`, findings);
  const base = milliseconds(value.retryBackOff?.baseInterval) ?? defaultBaseMs;
  const max = milliseconds(value.retryBackOff?.maxInterval) ?? base * defaultGrowth;
  if (max < base) {
    findings.error({
      reason: 'InvalidRoute',
      path: `${path}.retryBackOff`,
      what: 'no interval would be left',
      found: `a maxInterval of ${max}ms with a baseInterval of ${base}ms`,
      accepted: 'a maxInterval that is not shorter than baseInterval',
    });
  }
  if (on.length === 0) return undefined;
  const perTryTimeoutMs = milliseconds(value.perTryTimeout);
  return {
    on,
    statusCodes: on.includes('retriable-status-codes') ? (value.retriableStatusCodes ?? []) : [],
    retries: value.numRetries === undefined || value.numRetries === 0 ? 1 : value.numRetries,
    ...(perTryTimeoutMs === undefined ? {} : { perTryTimeoutMs }),
    baseIntervalMs: base,
    maxIntervalMs: max,
  };
}

/** Zero is as good as not written. */
function milliseconds(text: string | undefined): number | undefined {
  return durationMs(text ?? '') || undefined;
}

/** As Envoy, which leaves out the words that it does not know. */
function conditionsOf(text: string, path: string, findings: Findings): readonly RetryCondition[] {
  const words = text.split(',').map((word) => word.trim());
  const found = new Set<RetryCondition>();
  for (const word of words) {
    const condition = retryConditions.find((one) => one === word);
    if (condition) found.add(condition);
    else if (word !== '') warnUnknown(word, path, findings);
  }
  return [...found];
}

function warnUnknown(word: string, path: string, findings: Findings): void {
  const served = `one of ${retryConditions.join(', ')}`;
  if (unservedWords.includes(word)) {
    findings.warn({
      reason: 'Unsupported',
      path,
      what: 'known, but not enforced yet',
      found: shown(word),
      accepted: served,
    });
    return;
  }
  findings.warn({
    reason: 'InvalidRoute',
    path,
    what: 'the word is left out',
    found: shown(word),
    accepted: served,
  });
}
