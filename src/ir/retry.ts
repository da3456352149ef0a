/** When a request is sent again, in the words of Envoy. */
export const retryConditions = [
  '5xx',
  'gateway-error',
  'reset',
  'reset-before-request',
  'connect-failure',
  'refused-stream',
  'retriable-4xx',
  'retriable-status-codes',
  'envoy-ratelimited',
] as const;

export type RetryCondition = (typeof retryConditions)[number];

/** How often and when a request is sent again (Gloo `retries`). */
export interface RetryPolicy {
  /** One of them is enough. Never empty. */
  readonly on: readonly RetryCondition[];
  /** For `retriable-status-codes`. */
  readonly statusCodes: readonly number[];
  /** Besides the first try. */
  readonly retries: number;
  /** Until the head of an answer is there; absent: only the timeout of the route counts. */
  readonly perTryTimeoutMs?: number;
  /** A retry waits for a random part of this, the next ones for more. */
  readonly baseIntervalMs: number;
  readonly maxIntervalMs: number;
}

/** Which try it is, told in `x-envoy-attempt-count` to whom. */
export interface AttemptCount {
  readonly request: boolean;
  readonly response: boolean;
}
