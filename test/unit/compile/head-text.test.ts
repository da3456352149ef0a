import { describe, expect, it } from '@jest/globals';
import { createFindings } from '../../../src/compile/findings.ts';
import { checkHeadText, isHeadText } from '../../../src/compile/head-text.ts';

describe('isHeadText', () => {
  it.each([
    ['/a%20b?x=1', true],
    ['', true],
    ['/a b', false],
    ['/a\r\nx: y', false],
    ['/é', false],
    ['/\u007f', false],
  ])('%j: %s', (text, expected) => {
    expect(isHeadText(text)).toBe(expected);
  });
});

describe('checkHeadText', () => {
  it('notes what cannot stand there, and nothing that is absent', () => {
    const findings = createFindings();
    checkHeadText(undefined, 'a', { findings });
    checkHeadText('/ok', 'b', { findings });
    checkHeadText('/a b', 'c', { findings });
    expect(findings.list.map(({ reason, path }) => [reason, path])).toEqual([
      ['InvalidRoute', 'c'],
    ]);
  });
});
