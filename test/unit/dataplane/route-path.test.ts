import { describe, expect, test } from '@jest/globals';

import { decide } from '../../../src/dataplane/pipeline.ts';
import { astrayRewrite, routePath } from '../../../src/dataplane/route-path.ts';
import type { ForwardAction } from '../../../src/ir/table.ts';
import { exchangeFor } from '../../support/exchange.ts';
import { matcher, route, table, virtualHost } from '../../support/gateway.ts';

async function rewritten(more: Partial<ForwardAction>, target: string) {
  const destinations = [{ cluster: 'up', weight: 1 }];
  const action = { kind: 'forward', destinations, timeoutMs: 0, ...more } as const;
  const one = route({ action, matchers: [matcher('/api')] });
  const exchange = exchangeFor(table(virtualHost({ routes: [one] })), { target });
  await decide(exchange);
  return { path: routePath(exchange), refusal: astrayRewrite(exchange) };
}

const regex = (pattern: string, substitution: string) => ({
  regexRewrite: { pattern, substitution },
});

describe('the path of a route', () => {
  test.each([
    ['nothing', {}, '/api/x', '/api/x'],
    ['a prefix', { prefixRewrite: '/v2' }, '/api/x', '/v2/x'],
    ['every match', regex('a', 'b'), '/api/a', '/bpi/b'],
    ['nothing is left', regex('.*', ''), '/api', '/api'],
    ['an unmatched group', regex('/api(x)?', '/v\\1'), '/api/a', '/v/a'],
    ['a query', regex('api', 'a?b'), '/api', '/a?b'],
    ['dots behind a query', regex('api', 'a?'), '/api/..x', '/a?/..x'],
  ])('%s', async (_title, more, target, path) => {
    expect(await rewritten(more, target)).toEqual({ path, refusal: undefined });
  });

  test.each([
    ['no slash', regex('^/api', 'x'), '/api', '', 400],
    ['a fragment', regex('api', '#'), '/api', '', 400],
    ['a dot segment', regex('api', '..'), '/api/x', 'Bad Request', 400],
    ['an escaped one', regex('api', '%2E.'), '/api/x', 'Bad Request', 400],
    ['one behind an escaped slash', regex('api', 'x%2f..'), '/api', 'Bad Request', 400],
    ['one with parameters', regex('-', ''), '/api/.-.;x/b', 'Bad Request', 400],
    ['one with escaped ones', regex('-', ''), '/api/%-2E.%3bx/b', 'Bad Request', 400],
    ['one with white space', regex('-', ''), '/api/.-.%20/b', 'Bad Request', 400],
    ['one of the prefix', { prefixRewrite: '/v/' }, '/api../x', 'Bad Request', 400],
  ])('%s is refused', async (_title, more, target, body, status) => {
    expect((await rewritten(more, target)).refusal).toMatchObject({ status, body });
  });
});
