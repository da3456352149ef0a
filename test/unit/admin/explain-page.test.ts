import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { createAdminApp } from '../../../src/admin/admin-app.ts';
import { createMetricsPage } from '../../../src/admin/metrics-page.ts';
import { createLogger } from '../../../src/base/log.ts';
import type { AskedRequest } from '../../../src/ir/asked-request.ts';
import type { Explanation } from '../../../src/ir/explanation.ts';
import { adminFacts } from '../../support/admin-facts.ts';

const explanation: Explanation = {
  listener: 'default',
  virtualHost: '',
  route: '',
  verdict: 'none',
  provider: '',
  policy: '',
  steps: [],
  clusters: [],
};

describe('/explain', () => {
  const asked: AskedRequest[] = [];
  const lines: string[] = [];
  let server: Server;
  let url: string;

  beforeAll(async () => {
    const facts = adminFacts({
      explain: (request) => {
        asked.push(request);
        return Promise.resolve(explanation);
      },
    });
    server = createServer(
      createAdminApp({
        facts,
        metrics: createMetricsPage(facts, '1'),
        localOnly: true,
        logger: createLogger('debug', { write: (line) => void lines.push(line) }),
      }),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/explain`;
  });

  afterAll(() => void server.close());

  const post = (body: unknown, type = 'application/json') =>
    fetch(url, {
      method: 'POST',
      headers: { 'content-type': type },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });

  it('answers with an explanation that is not to be kept', async () => {
    const headers = { authorization: 'Bearer T', 'x-a': ['1', '2'] };
    const answer = await post({ method: 'POST', url: 'http://a.test/p', headers, body: 'b' });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await answer.json()).toEqual(explanation);
    expect(asked.at(-1)).toEqual({
      scheme: 'http',
      method: 'POST',
      target: '/p',
      headers: [
        ['Host', 'a.test'],
        ['authorization', 'Bearer T'],
        ['x-a', '1'],
        ['x-a', '2'],
      ],
      body: 'b',
    });
  });

  it.each([
    ['no JSON', '{"url": "secret', 400, /accepted application\/json/],
    ['a list', [], 400, /accepted application\/json/],
    ['no URL', {}, 400, /^url: accepted a text/],
    ['another URL', { url: 'x' }, 400, /accepted http:/],
    [
      'another member',
      { url: 'http://a.test/', token: 'secret' },
      400,
      /found "token", accepted method/,
    ],
    [
      'a method of another type',
      { url: 'http://a.test/', method: 1 },
      400,
      /^method: accepted a text/,
    ],
    ['headers of another type', { url: 'http://a.test/', headers: ['secret'] }, 400, /^headers: /],
    ['a header of another type', { url: 'http://a.test/', headers: { a: 1 } }, 400, /^headers: /],
    ['too much', { url: 'http://a.test/', body: 'secret'.repeat(60_000) }, 413, /found more than/],
  ])('refuses %s, and repeats nothing of it', async (_name, body, status, message) => {
    const before = asked.length;
    const answer = await post(body);
    const text = await answer.text();
    expect([answer.status, asked.length]).toEqual([status, before]);
    expect(text).toMatch(message);
    expect(text + lines.join('')).not.toContain('secret');
  });

  it('reads no form, which a page in a browser could send', async () => {
    const answer = await post('{"url":"http://a.test/"}', 'text/plain');
    expect(answer.status).toBe(400);
  });

  it('has nothing to read', async () => {
    const answer = await fetch(url);
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
  });
});
