import { describe, expect, test } from '@jest/globals';

import type { DenialReason } from '../../../src/dataplane/denial.ts';
import { retriesAnswer, retriesFault, retryDelayMs } from '../../../src/dataplane/retry-rule.ts';
import type { RetryCondition, RetryPolicy } from '../../../src/ir/retry.ts';

function policy(on: RetryCondition, more: Partial<RetryPolicy> = {}): RetryPolicy {
  return {
    on: [on],
    statusCodes: [418],
    retries: 1,
    baseIntervalMs: 25,
    maxIntervalMs: 250,
    ...more,
  };
}

describe('retriesAnswer', () => {
  test.each<[RetryCondition, number[], number[]]>([
    ['5xx', [500, 503, 599], [200, 409, 418, 499]],
    ['gateway-error', [502, 503, 504], [500, 501, 505]],
    ['retriable-4xx', [409], [400, 408, 429, 500]],
    ['retriable-status-codes', [418], [417, 503]],
    ['reset', [], [500, 503]],
    ['connect-failure', [], [503]],
    ['envoy-ratelimited', [], [429, 503]],
  ])('%s: %j, not %j', (on, yes, no) => {
    const asked = (status: number): boolean => retriesAnswer(policy(on), status, ['a', 'b']);
    expect(yes.map(asked)).toEqual(yes.map(() => true));
    expect(no.map(asked)).toEqual(no.map(() => false));
  });

  test.each<[RetryCondition, boolean]>([
    ['5xx', false],
    ['envoy-ratelimited', true],
  ])('a limit of rates, %s: %s', (on, expected) => {
    expect(retriesAnswer(policy(on), 503, ['x-envoy-ratelimited', 'true'])).toBe(expected);
  });
});

describe('retriesFault', () => {
  test.each<[RetryCondition, DenialReason[], DenialReason[]]>([
    ['5xx', ['connect', 'reset', 'protocol', 'timeout'], ['overflow', 'internal', 'upstream_auth']],
    ['gateway-error', ['connect', 'reset'], ['overflow']],
    ['reset', ['connect', 'reset', 'timeout'], ['overflow']],
    ['connect-failure', ['connect'], ['reset', 'timeout', 'overflow']],
    ['refused-stream', [], ['connect', 'reset']],
    ['retriable-4xx', [], ['connect', 'reset', 'timeout']],
  ])('%s: %j, not %j', (on, yes, no) => {
    const asked = (reason: DenialReason): boolean => retriesFault(policy(on), reason);
    expect(yes.map(asked)).toEqual(yes.map(() => true));
    expect(no.map(asked)).toEqual(no.map(() => false));
  });
});

describe('retryDelayMs', () => {
  test.each([
    [1, 0, 0],
    [1, 0.99, 24],
    [2, 0.99, 74],
    [3, 0.99, 173],
    [4, 0.99, 247],
    [60, 0.99, 247],
  ])('retry %i with chance %d waits %i ms', (retry, chance, expected) => {
    expect(retryDelayMs(policy('5xx'), retry, () => chance)).toBe(expected);
  });
});
