import { describe, expect, it } from '@jest/globals';
import { RE2JS } from 're2js';
import {
  escapeRegex,
  escapeSubstitution,
  literalHeaderValue,
  protoDuration,
  typedConfig,
} from '../../../src/xds/typed-config.ts';

describe('the JSON form of Envoy’s messages', () => {
  it('names the message', () => {
    expect(typedConfig('a.v3.B', { c: 1 })).toEqual({
      '@type': 'type.googleapis.com/envoy.a.v3.B',
      c: 1,
    });
  });

  it.each([
    [0, '0s'],
    [1500, '1.5s'],
    [600_000, '600s'],
  ])('writes %d ms as %s', (milliseconds, text) => {
    expect(protoDuration(milliseconds)).toBe(text);
  });

  it('writes texts for expressions, substitutions and header values', () => {
    const odd = String.raw`a.b*c+d?e^f$g(h)i[j]k{l}m|n\o`;
    expect(RE2JS.compile(escapeRegex(odd)).testExact(odd)).toBe(true);
    expect(escapeSubstitution(String.raw`\1`)).toBe(String.raw`\\1`);
    expect(literalHeaderValue('50%')).toBe('50%%');
  });
});
