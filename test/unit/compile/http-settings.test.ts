import { describe, expect, it } from '@jest/globals';

import { createFindings } from '../../../src/compile/findings.ts';
import { httpSettings } from '../../../src/compile/http-settings.ts';

type Written = Parameters<typeof httpSettings>[0];

function compiled(written: Written) {
  const findings = createFindings();
  const settings = httpSettings(written, 'at', findings);
  return { settings, found: findings.list.map(({ severity, path }) => `${severity} ${path}`) };
}

describe('httpSettings', () => {
  it.each<[string, Written, object | undefined]>([
    ['nothing', {}, undefined],
    ['what is the default anyway', { mergeSlashes: false, requestTimeout: '0s' }, undefined],
    ['the default size', { maxRequestHeadersKb: 16 }, undefined],
    [
      'everything',
      {
        mergeSlashes: true,
        maxHeadersCount: 7,
        maxRequestHeadersKb: 2,
        streamIdleTimeout: '0s',
        maxStreamDuration: '2s',
        requestTimeout: '3s',
        serverName: 'ours',
      },
      {
        mergeSlashes: true,
        maxHeaderLines: 7,
        maxHeadBytes: 2048,
        streamIdleMs: 0,
        maxStreamMs: 2000,
        requestTimeoutMs: 3000,
        serverName: 'ours',
      },
    ],
  ])('%s', (_title, written, expected) => {
    expect(compiled(written)).toEqual({ settings: expected, found: [] });
  });

  it.each<[string, Written, string]>([
    ['a size that is never reached', { maxRequestHeadersKb: 96 }, 'warning at.maxRequestHeadersKb'],
    ['a name that is no header value', { serverName: 'a\r\nb' }, 'error at.serverName'],
  ])('tells %s', (_title, written, expected) => {
    expect(compiled(written).found).toEqual([expected]);
  });
});
