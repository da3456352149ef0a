import { describe, expect, it } from '@jest/globals';

import { askedRequest, type WrittenRequest } from '../../../src/ir/asked-request.ts';

describe('askedRequest', () => {
  it.each<[string, WrittenRequest, object]>([
    [
      'a URL alone',
      { url: 'http://a.test' },
      { scheme: 'http', method: 'GET', target: '/', headers: [['Host', 'a.test']], body: '' },
    ],
    [
      'what a URL parser would change',
      { method: 'POST', url: 'https://a.test:8443/x/../%2e?q#f', body: 'b', listener: 'l' },
      {
        scheme: 'https',
        method: 'POST',
        target: '/x/../%2e?q#f',
        headers: [['Host', 'a.test:8443']],
        body: 'b',
        listener: 'l',
      },
    ],
    [
      'a Host of its own',
      { url: 'http://127.0.0.1/?q', headers: [['host', 'a.test']] },
      { scheme: 'http', method: 'GET', target: '/?q', headers: [['host', 'a.test']], body: '' },
    ],
    [
      'HTTP/2',
      { url: 'https://a.test/', http2: true },
      {
        scheme: 'https',
        http2: true,
        method: 'GET',
        target: '/',
        headers: [['Host', 'a.test']],
        body: '',
      },
    ],
  ])('reads %s', (_name, written, asked) => {
    expect(askedRequest(written)).toEqual(asked);
  });

  it.each<[string, WrittenRequest, RegExp]>([
    ['another scheme', { url: 'ftp://a.test/' }, /found "ftp:\/\/a\.test\/", accepted http:/],
    ['HTTP/2 without TLS', { url: 'http://a.test/', http2: true }, /HTTP\/2 without TLS/],
    ['no host', { url: '/path' }, /accepted http:/],
    ['a space', { url: 'http://a.test/a b' }, /white space/],
    ['a line break', { url: 'http://a.test/', headers: [['a', 'b\r\nc: d']] }, /line break/],
    ['two lines as a method', { url: 'http://a.test/', method: 'GET\nX' }, /line break/],
  ])('refuses %s', (_name, written, message) => {
    expect(askedRequest(written)).toMatch(message);
  });
});
