import { describe, expect, test } from '@jest/globals';

import { readStreamHead } from '../../../src/dataplane/stream-head.ts';

const read = (lines: readonly string[], hasBody = false) =>
  readStreamHead(lines, { hasBody, headBytes: 200 });

const pseudo = [':method', 'GET', ':path', '/x?y', ':scheme', 'https', ':authority', 'a.test'];

describe('readStreamHead', () => {
  test('is a head of HTTP/1.1', () => {
    expect(read([...pseudo, 'x-one', '1', 'x-one', '2'])).toEqual({
      method: 'GET',
      url: '/x?y',
      rawHeaders: ['host', 'a.test', 'x-one', '1', 'x-one', '2'],
      expectsContinue: false,
      fault: undefined,
    });
  });

  test('cookies are one line', () => {
    const { rawHeaders } = read([...pseudo, 'cookie', 'a=1', 'x', 'y', 'cookie', 'b=2']);
    expect(rawHeaders).toEqual(['host', 'a.test', 'x', 'y', 'cookie', 'a=1; b=2']);
  });

  test('a body is chunked where its length is not declared', () => {
    expect(read(pseudo, true).rawHeaders).toContain('chunked');
    const declared = read([...pseudo, 'content-length', '3', 'expect', '100-continue'], true);
    expect(declared.rawHeaders).not.toContain('chunked');
    expect(declared.expectsContinue).toBe(true);
  });

  test.each<[string, readonly string[], string | undefined]>([
    ['Host that is the authority', [...pseudo, 'host', 'A.test'], undefined],
    ['Host alone', [...pseudo.slice(0, 6), 'host', 'a.test'], undefined],
    ['another Host', [...pseudo, 'host', 'b.test'], 'Host is not the authority'],
    ['two Hosts', [...pseudo, 'host', 'a.test', 'host', 'a.test'], 'Host is not the authority'],
    ['an unknown method', [...pseudo, ':method', 'FOO'], 'unknown method'],
    ['a method in lower case', [...pseudo, ':method', 'get'], 'unknown method'],
    [
      'an absolute form',
      [...pseudo, ':path', 'https://b.test/'],
      'path does not begin with a slash',
    ],
    ['an asterisk', [...pseudo, ':path', '*'], 'path does not begin with a slash'],
    ['no path', [...pseudo, ':path', ''], 'path does not begin with a slash'],
    ['CONNECT, which has none', [':method', 'CONNECT', ':authority', 'a.test'], undefined],
    ['more than a head may have', [...pseudo, 'x', 'y'.repeat(200)], 'header fields too large'],
  ])('%s', (_name, lines, detail) => {
    expect(read(lines).fault?.detail).toBe(detail);
  });
});
