import { describe, expect, it } from '@jest/globals';

import { Trace } from '../../../src/base/trace.ts';
import { matcherNote, virtualHostNotes } from '../../../src/dataplane/route-notes.ts';
import { targetStage } from '../../../src/dataplane/stage-request.ts';
import type { Matcher } from '../../../src/ir/matcher.ts';
import { exchangeFor, type ExchangeSetting } from '../../support/exchange.ts';
import { matcher, route, table, virtualHost } from '../../support/gateway.ts';

function noteOn(written: Matcher, setting: ExchangeSetting = {}): string {
  const exchange = exchangeFor(
    table(virtualHost({ routes: [route({ matchers: [written] })] })),
    setting,
  );
  targetStage(exchange);
  exchange.trace = new Trace();
  const [prepared] = exchange.listener.served[0]?.routes ?? [];
  const [first] = prepared?.matchers ?? [];
  if (prepared === undefined || first === undefined) throw new Error('no route');
  return matcherNote(exchange, prepared, first, first.test(exchange));
}

const header = (more: object) =>
  matcher('/', {
    headers: [{ name: 'x-a', kind: 'exact', value: 'secret', invert: false, ...more }],
  });

describe('matcherNote', () => {
  it.each([
    ['a fit', matcher('/'), 'route route fits: prefix /'],
    ['a path', matcher('/api'), 'route route does not fit: path is not prefix /api'],
    [
      'path and method',
      matcher('/api', { methods: ['PUT', 'POST'] }),
      'route route does not fit: path is not prefix /api; method is not PUT or POST',
    ],
    [
      'a value',
      header({}),
      'route route does not fit: header x-a is absent, or does not fit the value',
    ],
    [
      'an expression',
      header({ kind: 'regex' }),
      'route route does not fit: header x-a is absent, or does not fit the expression',
    ],
    ['a header', header({ kind: 'present' }), 'route route does not fit: header x-a is absent'],
    [
      'a ruled-out value',
      header({ invert: true }),
      'route route does not fit: header x-a is absent, or has the value that is ruled out',
    ],
    [
      'a parameter',
      matcher('/', { query: [{ name: 'v', kind: 'present', value: '' }] }),
      'route route does not fit: parameter v is absent',
    ],
  ])('%s', (_name, written, text) => {
    expect(noteOn(written)).toBe(text);
  });

  it('tells of a header that has to be absent', () => {
    const absent = matcher('/', {
      headers: [{ name: ':method', kind: 'present', value: '', invert: true }],
    });
    expect(noteOn(absent)).toBe('route route does not fit: header :method is there');
  });
});

describe('virtualHostNotes', () => {
  const host = virtualHost({ domains: ['*.a.test'], claimHeaders: ['x-user'] });

  it('tells which one, and what is taken out of the request', () => {
    const exchange = exchangeFor(table(host));
    exchange.headers = ['x_user', 'secret', 'accept', '*/*'];
    expect(virtualHostNotes(exchange, 'b.a.test', exchange.listener.served[0])).toEqual([
      'b.a.test is served by virtual host ns.host (*.a.test)',
      'taken out, since only claims write them: x_user',
    ]);
  });

  it('lists what there is where none fits', () => {
    const domains = Array.from({ length: 25 }, (_none, at) => `d${at}.test`);
    const exchange = exchangeFor(table(virtualHost({ domains })));
    const [note] = virtualHostNotes(exchange, 'b.test', undefined);
    expect(note).toMatch(
      /^no virtual host of listener default for b\.test: d0\.test, .* and 5 more$/,
    );
  });
});
