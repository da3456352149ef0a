import { describe, expect, it, test } from '@jest/globals';
import type { Exchange } from '../../../src/dataplane/exchange.ts';
import { answerView, hidesReasoning } from '../../../src/dataplane/reasoning-view.ts';
import type { LlmBackend, ReasoningRules } from '../../../src/ir/llm.ts';

const exchange = (reasoning: ReasoningRules | undefined, claims?: object): Exchange =>
  ({
    route: { route: { llm: reasoning ? { reasoning } : {} } },
    identities: claims ? [{ claims: {} }, { claims }] : [],
  }) as unknown as Exchange;
const showTo = { claim: ['realm', 'debug'], value: 'true' };

describe('hidesReasoning', () => {
  it.each<[string, ReasoningRules | undefined, object | undefined, boolean]>([
    ['nothing said', undefined, undefined, false],
    ['a field', { field: 'REASONING' }, undefined, false],
    ['from everybody', { hide: true }, { realm: { debug: true } }, true],
    ['who has the claim', { hide: true, showTo }, { realm: { debug: true } }, false],
    ['who has it as text', { hide: true, showTo }, { realm: { debug: 'true' } }, false],
    ['who has it in a list', { hide: true, showTo }, { realm: { debug: ['x', 'true'] } }, false],
    ['another value', { hide: true, showTo }, { realm: { debug: false } }, true],
    ['a longer text', { hide: true, showTo }, { realm: { debug: 'true ' } }, true],
    ['an object', { hide: true, showTo }, { realm: { debug: { true: 1 } } }, true],
    ['no claim', { hide: true, showTo }, { realm: 'debug' }, true],
    ['nobody', { hide: true, showTo }, undefined, true],
  ])('%s', (_name, rules, claims, hides) => {
    expect(hidesReasoning(exchange(rules, claims))).toBe(hides);
  });

  test('a route without options hides nothing', () => {
    expect(hidesReasoning({ route: undefined, identities: [] } as unknown as Exchange)).toBe(false);
  });
});

test('what is seen goes by the route and the server', () => {
  const server = { thinkTags: 'IMPLICIT' } as LlmBackend;
  expect(answerView(exchange({ field: 'AS_SENT' }), server, true)).toEqual({
    field: 'AS_SENT',
    hide: false,
    thinkTags: 'IMPLICIT',
    hidesUsage: true,
  });
  expect(answerView(exchange(undefined), undefined, false)).toEqual({
    field: 'REASONING_CONTENT',
    hide: false,
    thinkTags: 'OPENED',
    hidesUsage: false,
  });
});
