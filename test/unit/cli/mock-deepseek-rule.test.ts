import { describe, expect, it } from '@jest/globals';

import {
  behaviourOfHeaders,
  parseMockScript,
  withKey,
} from '../../../src/cli/mock-deepseek-rule.ts';

describe('script of the stand-in', () => {
  it('is a list of rules in YAML or JSON', () => {
    const rules = [{ match: { model: 'm', stream: true }, times: 1, status: 429 }];
    expect(parseMockScript('- {match: {model: m, stream: true}, times: 1, status: 429}')).toEqual(
      rules,
    );
    expect(parseMockScript(JSON.stringify(rules))).toEqual(rules);
    expect(parseMockScript('')).toEqual([]);
  });

  it.each([
    ['an object', 'status: 500', 'accepted a list of rules'],
    ['bad YAML', '- {', 'script: '],
    ['a rule that is text', '- x', 'script[0]: accepted an object'],
    ['an unknown field', '- {stauts: 500}', 'script[0].stauts: unknown, accepted status'],
    ['an unknown condition', '- {match: {modle: x}}', 'script[0].match.modle: unknown'],
    ['a status that is no error', '- {status: 200}', 'script[0].status: found 200'],
    ['an unknown fault', '- {fault: explode}', 'script[0].fault: found "explode"'],
    ['a negative time', '- {delayMs: -1}', 'script[0].delayMs: found -1'],
    ['a call without a name', '- {toolCalls: [{arguments: {}}]}', 'script[0].toolCalls: found'],
    ['a header that is no text', '- {headers: {a: 1}}', 'script[0].headers: found {"a":1}'],
    ['an unknown form', '- {reasoningForm: x}', 'script[0].reasoningForm: found "x"'],
    ['keep-alives without a pause', '- {keepAliveMs: 0}', 'script[0].keepAliveMs: found 0'],
  ])('refuses %s', (_title, text, message) => {
    expect(() => parseMockScript(text)).toThrow(message);
  });

  it('puts the key of the request into texts and headers', () => {
    const behaviour = { message: 'no {key}, {key}', headers: { 'x-echo': '{key}' }, status: 401 };
    expect(withKey(behaviour, 'sk-a')).toEqual({
      message: 'no sk-a, sk-a',
      headers: { 'x-echo': 'sk-a' },
      status: 401,
    });
  });

  it('reads numbers and switches from headers, but texts as they are', () => {
    const headers = { 'x-mock-crlf': 'true', 'x-mock-content': '12', 'x-mock-retry-after': '3' };
    expect(behaviourOfHeaders(headers)).toEqual({ crlf: true, content: '12', retryAfter: 3 });
  });

  it('reads behaviour from headers and leaves others alone', () => {
    const headers = { 'x-mock-after-chunks': '2', 'x-mock-fault': 'reset', 'x-other': 'y' };
    expect(behaviourOfHeaders(headers)).toEqual({ afterChunks: 2, fault: 'reset' });
  });
});
