import { duration, int, list, obj, opt, str, unsupported, type Static } from './schema.ts';

/** Gloo's `RetryPolicy`, of a route or a virtual host. */
export const retriesSchema = obj(
  'Requests that are sent again. The route wins over its virtual host.',
  {
    retryOn: opt(
      str(
        'When, as words of Envoy with commas between: 5xx, gateway-error, reset, reset-before-request, connect-failure, refused-stream, retriable-4xx, retriable-status-codes, envoy-ratelimited. Default: never.',
        { maxLength: 1024 },
      ),
    ),
    numRetries: opt(int('Retries at most. Default 1; 0 is the default too.')),
    perTryTimeout: opt(
      duration('Until the head of an answer to one try is there. Default: that of the route.'),
    ),
    retryBackOff: opt(
      obj('How long is waited before a retry: a random part of an interval that grows.', {
        baseInterval: opt(duration('The first interval. Default 25ms.')),
        maxInterval: opt(duration('The longest one. Default ten times the first.')),
      }),
    ),
    retriableStatusCodes: opt(
      list(
        'Statuses for retriable-status-codes.',
        int('A status.', { minimum: 100, maximum: 599 }),
        64,
      ),
    ),
    previousPriorities: opt(
      unsupported(
        obj('Prefer another priority than the tries before.', {
          updateFrequency: opt(int('After so many tries.')),
        }),
      ),
    ),
  },
);
export type RetriesSpec = Static<typeof retriesSchema>;
