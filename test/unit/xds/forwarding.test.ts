import { describe, expect, it } from '@jest/globals';

import type { ForwardAction } from '../../../src/ir/table.ts';
import { attemptCount, forwarding } from '../../../src/xds/forwarding.ts';
import { host, route } from '../../support/envoy-table.ts';

const action: ForwardAction = { kind: 'forward', destinations: [], timeoutMs: 0 };

describe('forwarding', () => {
  it('says nothing of what is not there', () => {
    expect(forwarding(action)).toEqual({});
  });

  it('has the retries and the times of a route', () => {
    const retry = {
      on: ['5xx', 'retriable-status-codes'],
      statusCodes: [429],
      retries: 2,
      perTryTimeoutMs: 500,
      baseIntervalMs: 25,
      maxIntervalMs: 250,
    } as const;
    expect(forwarding({ ...action, retry, idleTimeoutMs: 0, maxDurationMs: 1500 })).toEqual({
      retry_policy: {
        retry_on: '5xx,retriable-status-codes',
        num_retries: 2,
        retriable_status_codes: [429],
        per_try_timeout: '0.5s',
        retry_back_off: { base_interval: '0.025s', max_interval: '0.25s' },
      },
      idle_timeout: '0s',
      max_stream_duration: { max_stream_duration: '1.5s' },
    });
  });
});

describe('attemptCount', () => {
  it('is for the whole virtual host', () => {
    const counted = { ...action, attemptCount: { request: true, response: false } };
    expect(attemptCount(host())).toEqual({});
    expect(attemptCount(host({ routes: [route(), route({ action: counted })] }))).toEqual({
      include_request_attempt_count: true,
    });
  });
});
