import type { RetryCondition, RetryPolicy } from '../ir/retry.ts';
import type { Denial } from './denial.ts';
import type { HeaderLines } from './header-lines.ts';

const conflict = 409;
const gatewayErrors: readonly number[] = [502, 503, 504];

/** Whether an answer of the upstream leads to another try, as in Envoy. */
export function retriesAnswer(
  { on, statusCodes }: RetryPolicy,
  status: number,
  lines: HeaderLines,
): boolean {
  // Who limits rates says so that nobody comes back at once.
  if (lines.some((name, index) => index % 2 === 0 && name === 'x-envoy-ratelimited')) {
    return on.includes('envoy-ratelimited');
  }
  const isServerError = status >= 500 && status < 600;
  return (
    (isServerError && on.includes('5xx')) ||
    (gatewayErrors.includes(status) && on.includes('gateway-error')) ||
    (status === conflict && on.includes('retriable-4xx')) ||
    (on.includes('retriable-status-codes') && statusCodes.includes(status))
  );
}

const onReset: readonly RetryCondition[] = [
  '5xx',
  'gateway-error',
  'reset',
  'reset-before-request',
];

/** Whether a fault before any answer leads to another try; `timeout` is that of one try. */
export function retriesFault({ on }: RetryPolicy, reason: Denial['reason']): boolean {
  if (reason === 'connect') return on.includes('connect-failure') || includesAny(on, onReset);
  return (
    includesAny(on, onReset) &&
    (reason === 'reset' || reason === 'protocol' || reason === 'timeout')
  );
}

function includesAny(on: readonly RetryCondition[], some: readonly RetryCondition[]): boolean {
  return some.some((one) => on.includes(one));
}

/** Envoy's wait before a retry (the first is 1): a random part of an interval that grows with each. */
export function retryDelayMs(
  { baseIntervalMs, maxIntervalMs }: RetryPolicy,
  retry: number,
  random: () => number,
): number {
  const interval = Math.min((2 ** retry - 1) * baseIntervalMs, maxIntervalMs);
  return Math.floor(random() * interval);
}
