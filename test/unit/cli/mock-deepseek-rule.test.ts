import { describe, expect, it } from '@jest/globals';

import { behaviourOfHeaders, parseMockScript } from '../../../src/cli/mock-deepseek-rule.ts';

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
    ['keep-alives without a pause', '- {keepAliveMs: 0}', 'script[0].keepAliveMs: found 0'],
  ])('refuses %s', (_title, text, message) => {
    expect(() => parseMockScript(text)).toThrow(message);
  });

  it('reads behaviour from headers and leaves others alone', () => {
    const headers = { 'x-mock-after-chunks': '2', 'x-mock-fault': 'reset', 'x-other': 'y' };
    expect(behaviourOfHeaders(headers)).toEqual({ afterChunks: 2, fault: 'reset' });
  });
});
