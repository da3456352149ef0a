import { describe, expect, test } from '@jest/globals';

import { readHead, type RequestHead } from '../../../src/dataplane/request-head.ts';

const read = (lines: readonly string[]): RequestHead => {
  const head = readHead(lines, 1);
  if ('status' in head) throw new Error(String(head.status));
  return head;
};

describe('readHead', () => {
  test('gives names in lower case, values as they are, in their order', () => {
    const { headers, host } = read(['HOST', 'A', 'X-B', ' 1', 'x-b', '2', 'Constructor', 'c']);
    expect(headers).toEqual(['x-b', ' 1', 'x-b', '2', 'constructor', 'c']);
    expect(host).toBe('A');
  });

  test('takes out what is for one hop only', () => {
    const names = ['Keep-Alive', 'TE', 'Trailer', 'Upgrade', 'HTTP2-Settings', 'Proxy-Connection'];
    const more = ['Proxy-Authorization', 'Proxy-Authenticate', 'Connection'];
    const { headers } = read([...names, ...more].flatMap((name) => [name, 'x']));
    expect(headers).toEqual([]);
  });

  test.each([
    ['x-user', ['x-other']],
    ['close, X-USER', ['x-other']],
    ['x-user,x-other', []],
    ['keep-alive', ['x-user', 'x-other']],
    ['host, content-length', ['x-user', 'x-other']],
  ])('takes out what Connection: %s names', (value, kept) => {
    const { headers, host } = read([
      'Host',
      'a',
      'X-User',
      '1',
      'X-Other',
      '2',
      'Connection',
      value,
    ]);
    expect(headers.filter((_line, index) => index % 2 === 0)).toEqual(kept);
    expect(host).toBe('a');
  });

  test.each([
    [['Content-Length', '5'], { contentLength: 5, chunked: false }],
    [['Transfer-Encoding', 'Chunked'], { contentLength: 0, chunked: true }],
    [[], { contentLength: 0, chunked: false }],
    [['Upgrade', 'h2c'], { asksUpgrade: true, upgrade: '' }],
    [['Upgrade', 'TLS/1.0', 'Transfer-Encoding', 'chunked'], { asksUpgrade: true, chunked: true }],
    [['Connection', 'Upgrade', 'Upgrade', 'h2c', 'Content-Length', '5'], { contentLength: 5 }],
    [
      ['Connection', 'Upgrade', 'Upgrade', 'WebSocket'],
      { asksUpgrade: true, upgrade: 'websocket' },
    ],
    [['Connection', 'x, upgrade', 'Upgrade', 'a', 'Upgrade', 'b'], { upgrade: 'a,b' }],
    [['Expect', '100-Continue'], { asksUpgrade: false, upgrade: '' }],
  ])('reads the framing of %j', (lines, expected) => {
    expect(read(lines)).toMatchObject(expected);
  });

  test.each([
    [['Host', 'a', 'Host', 'a'], 1, 400],
    [['Content-Length', '9007199254740993'], 1, 400],
    [['Content-Length', '10000000000000000000'], 1, 400],
    [['Connection', 'x, Upgrade', 'Upgrade', 'h2c', 'Transfer-Encoding', 'chunked'], 1, 400],
    [['Transfer-Encoding', 'gzip, chunked'], 1, 501],
    [['Transfer-Encoding', 'chunked', 'Transfer-Encoding', 'chunked'], 1, 501],
    [['Transfer-Encoding', 'chunked'], 0, 501],
    [['Expect', 'x'], 1, 417],
  ])('refuses %j in HTTP/1.%i with %i', (lines, minor, status) => {
    expect(readHead(lines, minor)).toMatchObject({ status, close: true });
  });
});
