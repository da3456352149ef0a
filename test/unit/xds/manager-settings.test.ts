import { describe, expect, it } from '@jest/globals';

import { managerSettings } from '../../../src/xds/manager-settings.ts';

describe('managerSettings', () => {
  it('keeps slashes apart, and says no more, where nothing is set', () => {
    expect(managerSettings()).toEqual({ merge_slashes: false });
  });

  it('has every setting', () => {
    const settings = {
      mergeSlashes: true,
      maxHeaderLines: 7,
      maxHeadBytes: 2048,
      streamIdleMs: 0,
      maxStreamMs: 2000,
      requestTimeoutMs: 3000,
      serverName: 'ours',
    } as const;
    expect(managerSettings(settings)).toEqual({
      merge_slashes: true,
      max_request_headers_kb: 2,
      stream_idle_timeout: '0s',
      request_timeout: '3s',
      server_name: 'ours',
      common_http_protocol_options: { max_headers_count: 7, max_stream_duration: '2s' },
    });
  });

  it('leaves out a longest duration of none, which Envoy would take for its shortest', () => {
    expect(managerSettings({ maxStreamMs: 0 })).toEqual({ merge_slashes: false });
  });
});
