import { afterEach, describe, expect, test } from '@jest/globals';

import type { RouteAction } from '../../../src/ir/table.ts';
import { createScope, exchangeBytes, route, table, virtualHost } from '../../support/gateway.ts';

const scope = createScope();

afterEach(scope.close);

async function answerTo(action: RouteAction, request: string): Promise<string> {
  const gateway = await scope.gateway(table(virtualHost({ routes: [route({ action })] })));
  return exchangeBytes(gateway.port(), request);
}

const get = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';

describe('answers of the gateway itself', () => {
  test('have a type and a length when they have a body', async () => {
    const answer = await answerTo({ kind: 'direct', status: 200, body: 'h\u00e9' }, get);
    expect(answer).toContain('content-type: text/plain\r\ncontent-length: 3\r\n');
  });

  test('have no type without one', async () => {
    const answer = await answerTo({ kind: 'direct', status: 200, body: '' }, get);
    expect(answer).toContain('content-length: 0\r\n');
    expect(answer).not.toContain('content-type');
  });

  test('have no length where there can be no body', async () => {
    const answer = await answerTo({ kind: 'direct', status: 204, body: '' }, get);
    expect(answer).toMatch(/^HTTP\/1\.1 204 /);
    expect(answer).not.toContain('content-length');
  });

  test('to HEAD are the head alone', async () => {
    const answer = await answerTo(
      { kind: 'direct', status: 200, body: 'body' },
      get.replace('GET', 'HEAD'),
    );
    expect(answer).toContain('content-length: 4\r\n');
    expect(answer).not.toContain('body');
  });

  test('leave out a line that cannot be written', async () => {
    const path = { kind: 'replace', value: '/a\r\nx-evil: 1' } as const;
    const answer = await answerTo(
      { kind: 'redirect', status: 301, https: false, stripQuery: false, path },
      get,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 301 /);
    expect(answer).not.toContain('evil');
  });
});
