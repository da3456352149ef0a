import { describe, expect, it } from '@jest/globals';

import type { RetriesSpec } from '../../../src/api/retries.ts';
import { createFindings } from '../../../src/compile/findings.ts';
import { compileRetries } from '../../../src/compile/retries.ts';

function compiled(value: RetriesSpec) {
  const findings = createFindings();
  const policy = compileRetries({ value, path: 'retries' }, findings);
  const found = findings.list.map(({ severity, reason, path }) => `${severity} ${reason} ${path}`);
  return { policy, found };
}

const defaults = { retries: 1, statusCodes: [], baseIntervalMs: 25, maxIntervalMs: 250 };

describe('compileRetries', () => {
  it.each<[string, RetriesSpec, object | undefined]>([
    ['one retry by default', { retryOn: '5xx' }, { ...defaults, on: ['5xx'] }],
    ['zero is the default', { retryOn: 'reset', numRetries: 0 }, { ...defaults, on: ['reset'] }],
    [
      'words with spaces, each once',
      { retryOn: ' 5xx , connect-failure,5xx', numRetries: 4 },
      { ...defaults, on: ['5xx', 'connect-failure'], retries: 4 },
    ],
    [
      'statuses only for their word',
      { retryOn: 'reset', retriableStatusCodes: [429] },
      { ...defaults, on: ['reset'] },
    ],
    [
      'statuses',
      { retryOn: 'retriable-status-codes', retriableStatusCodes: [429] },
      { ...defaults, on: ['retriable-status-codes'], statusCodes: [429] },
    ],
    [
      'times; zero is none',
      { retryOn: '5xx', perTryTimeout: '0s', retryBackOff: { baseInterval: '1s' } },
      { ...defaults, on: ['5xx'], baseIntervalMs: 1000, maxIntervalMs: 10_000 },
    ],
    [
      'the time of a try',
      { retryOn: '5xx', perTryTimeout: '2s' },
      { ...defaults, on: ['5xx'], perTryTimeoutMs: 2000 },
    ],
    ['no word, no policy', { numRetries: 3 }, undefined],
  ])('%s', (_title, value, expected) => {
    expect(compiled(value)).toEqual({ policy: expected, found: [] });
  });

  it.each<[string, RetriesSpec, string]>([
    ['an unknown word', { retryOn: 'often' }, 'warning InvalidRoute retries.retryOn'],
    ['capitals', { retryOn: '5XX' }, 'warning InvalidRoute retries.retryOn'],
    ['a word of gRPC', { retryOn: 'unavailable' }, 'warning Unsupported retries.retryOn'],
    ['headers', { retryOn: 'retriable-headers' }, 'warning Unsupported retries.retryOn'],
    [
      'no interval',
      { retryBackOff: { baseInterval: '2s', maxInterval: '1s' } },
      'error InvalidRoute retries.retryBackOff',
    ],
  ])('tells %s', (_title, value, expected) => {
    expect(compiled(value)).toEqual({ policy: undefined, found: [expected] });
  });
});
