import { describe, expect, it } from '@jest/globals';
import { IncomingMessage } from 'node:http';

import { defaultLimits } from '../../../src/dataplane/limits.ts';
import { readRequest } from '../../../src/dataplane/read-request.ts';
import type { AskedRequest } from '../../../src/ir/asked-request.ts';

const plain: AskedRequest = {
  scheme: 'http',
  method: 'GET',
  target: '/',
  headers: [['Host', 'a.test']],
  body: '',
};

describe('readRequest', () => {
  it('gives what a listener would get', async () => {
    const asked: AskedRequest = {
      ...plain,
      method: 'POST',
      target: '/a?b',
      headers: [...plain.headers, ['X-A', '1'], ['Expect', '100-continue']],
      body: 'ä',
    };
    const request = await readRequest(asked, defaultLimits);
    if (!(request instanceof IncomingMessage)) throw new Error('not read');
    const { method, url, rawHeaders, httpVersion } = request;
    expect({ method, url, httpVersion }).toEqual({
      method: 'POST',
      url: '/a?b',
      httpVersion: '1.1',
    });
    expect(rawHeaders.slice(2)).toEqual([
      'X-A',
      '1',
      'Expect',
      '100-continue',
      'content-length',
      '2',
    ]);
  });

  it('gives what a stream of HTTP/2 would be', async () => {
    const asked: AskedRequest = {
      ...plain,
      http2: true,
      scheme: 'https',
      headers: [...plain.headers, ['X-A', '1'], ['host', 'b.test']],
      body: 'ä',
    };
    expect(await readRequest(asked, defaultLimits)).toMatchObject({
      rawHeaders: ['host', 'a.test', 'x-a', '1', 'content-length', '2'],
      fault: { reason: 'bad_host' },
    });
    const unknown = await readRequest({ ...asked, method: 'FOO' }, defaultLimits);
    expect(unknown).toMatchObject({ method: 'FOO', fault: { status: 400, reason: 'method' } });
  });

  it.each<[string, Partial<AskedRequest>, object]>([
    ['an unknown method', { method: 'get' }, { status: 400, text: 'Bad Request' }],
    [
      'CONNECT',
      { method: 'CONNECT', target: 'a.test:443' },
      { status: 405, text: 'Method Not Allowed' },
    ],
    [
      'a large head',
      { headers: [['x', 'y'.repeat(20_000)]] },
      { status: 431, text: 'Request Header Fields Too Large' },
    ],
    ['a bad name', { headers: [['a b', 'c']] }, { status: 400, text: 'Bad Request' }],
  ])('refuses %s as a listener would', async (_name, different, reply) => {
    expect(await readRequest({ ...plain, ...different }, defaultLimits)).toEqual(reply);
  });
});
