import { describe, expect, test } from '@jest/globals';

import { upstreamHeaders } from '../../../src/dataplane/request-headers.ts';
import { lineValues } from '../../support/gateway.ts';

const base = {
  headers: ['x-a', '1'],
  peer: '10.0.0.9',
  scheme: 'https',
  authority: 'A.example',
  contentLength: undefined,
} as const;

describe('upstreamHeaders', () => {
  test('begins with Host, keeps the rest, says who asked', () => {
    const lines = upstreamHeaders(base);
    expect(lines.slice(0, 8)).toEqual(
      [
        ['host', 'A.example', 'x-a', '1'],
        ['x-forwarded-for', '10.0.0.9', 'x-forwarded-proto', 'https'],
      ].flat(),
    );
    expect(lineValues(lines, 'x-request-id')).toHaveLength(1);
    expect(lineValues(lines, 'content-length')).toEqual([]);
  });

  test('joins x-forwarded-for, replaces the scheme, keeps a request id', () => {
    const lines = upstreamHeaders({
      ...base,
      headers: [
        ['x-forwarded-for', '1.1.1.1', 'x-forwarded-for', '2.2.2.2'],
        ['x-forwarded-proto', 'http', 'x-request-id', 'mine'],
      ].flat(),
    });
    expect(lineValues(lines, 'x-forwarded-for')).toEqual(['1.1.1.1,2.2.2.2,10.0.0.9']);
    expect(lineValues(lines, 'x-forwarded-proto')).toEqual(['https']);
    expect(lineValues(lines, 'x-request-id')).toEqual(['mine']);
  });

  test.each([0, 5])('frames a body of %i bytes', (contentLength) => {
    expect(lineValues(upstreamHeaders({ ...base, contentLength }), 'content-length')).toEqual([
      String(contentLength),
    ]);
  });
});
