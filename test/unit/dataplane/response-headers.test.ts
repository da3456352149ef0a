import { describe, expect, test } from '@jest/globals';

import { responseHead } from '../../../src/dataplane/response-headers.ts';

const head = (...lines: string[]) => responseHead(lines.map((line) => Buffer.from(line, 'latin1')));

describe('responseHead', () => {
  test('keeps lines apart, in order, names in lower case', () => {
    expect(head('Set-Cookie', 'a', 'X-A', '\u00e9', 'Set-Cookie', 'b').lines).toEqual(
      [['set-cookie', 'a', 'x-a', '\u00e9', 'set-cookie', 'b']].flat(),
    );
  });

  test('drops what is for one hop, and what Connection names', () => {
    const names = ['Keep-Alive', 'Trailer', 'Upgrade', 'TE', 'Proxy-Authenticate', 'X-Hop'];
    const lines = names.flatMap((name) => [name, '1']);
    expect(head(...lines, 'Connection', 'close, x-hop', 'X-End', '1').lines).toEqual([
      'x-end',
      '1',
    ]);
  });

  test.each([
    [['Content-Length', '5'], 5],
    [['Content-Length', '5', 'Transfer-Encoding', 'chunked'], undefined],
    [['Transfer-Encoding', 'chunked'], undefined],
    [[], undefined],
  ])('frames %j as %j', (lines, expected) => {
    const { contentLength, lines: kept } = head(...lines);
    expect(contentLength).toBe(expected);
    expect(kept).toEqual(expected === undefined ? [] : ['content-length', String(expected)]);
  });

  test('a 204 has no length', () => {
    const lines = ['Content-Length', '5', 'X-A', '1'].map((line) => Buffer.from(line));
    expect(responseHead(lines, 204).lines).toEqual(['x-a', '1']);
  });

  test.each([
    ['gzip', true],
    ['identity', false],
  ])('content coding %s: %j', (value, encoded) => {
    expect(head('Content-Encoding', value).encoded).toBe(encoded);
  });
});
