import { describe, expect, test } from '@jest/globals';

import { checkRegex, compileRegex, rewriteRegex } from '../../../src/rbac/regex.ts';

describe('compileRegex', () => {
  test.each([
    ['a|ab', 'ab', true],
    ['a', 'ab', false],
    ['a', 'ba', false],
    ['a$', 'a\n', false],
    ['x.y', 'xay', true],
    ['x.y', 'x\ny', false],
    ['x.y', 'xéy', false],
    ['x..y', 'xéy', true],
    ['é+', 'é', true],
    ['café', 'café', true],
    ['(?i)ADMIN', 'admin', true],
    ['(?i)k', '\u212a', false],
    ['(?s)x.y', 'x\ny', true],
    ['[[:alpha:]]+@solo\\.io', 'dev@solo.io', true],
    ['[[:alpha:]]+@solo\\.io', 'dev@soloxio', false],
    ['.*', '', true],
  ])('%j on %j is %s: the whole value, byte by byte', (pattern, value, expected) => {
    expect(compileRegex(pattern).test(value)).toBe(expected);
  });

  test('testBytes takes a value that is one character per byte already', () => {
    const bytes = Buffer.from('café', 'utf8').toString('latin1');
    expect(compileRegex('café').testBytes(bytes)).toBe(true);
    expect(compileRegex('café').testBytes('café')).toBe(false);
  });

  test('runs in linear time on an expression that backtracks elsewhere', () => {
    const regex = compileRegex('^(a+)+$');
    const before = performance.now();
    expect(regex.test(`${'a'.repeat(50_000)}!`)).toBe(false);
    expect(performance.now() - before).toBeLessThan(1000);
  });

  test('throws on what is not RE2', () => {
    expect(() => compileRegex('(?=a)')).toThrow('invalid or unsupported Perl syntax');
  });
});

describe('checkRegex', () => {
  test.each(['[a-z]+', '(?P<n>a)', '\\pL', 'a{1000}', 'ab|'.repeat(2000)])(
    'accepts %j',
    (pattern) => {
      expect(checkRegex(pattern)).toBeUndefined();
    },
  );

  test.each([
    ['(?=a)b', 'Perl syntax'],
    ['(?<!a)b', 'invalid'],
    ['(a)\\1', 'invalid escape sequence'],
    ['a{1001}', 'invalid repeat count'],
    ['a**', 'invalid nested repetition operator'],
    ['(', 'missing closing )'],
    ['[z-a]', 'invalid character class range'],
    ['(.*[a-z]{0,1000}){0,1}'.repeat(40), 'the limit is 2048'],
    ['(a{30}){30}(b{30}){30}(c{30}){30}', 'the limit is 2048'],
  ])('refuses %j: %s', (pattern, text) => {
    expect(checkRegex(pattern)).toContain(text);
  });

  test('knows many expressions and still answers for all of them', () => {
    for (let index = 0; index < 5000; index += 1) {
      expect(checkRegex(`a${index}`)).toBeUndefined();
    }
    expect(compileRegex('a0').test('a0')).toBe(true);
  });
});

describe('rewriteRegex', () => {
  test.each([
    ['^/v1/(.*)$', '/v2/\\1', '/v1/chat', '/v2/chat'],
    ['/(\\w+)/(\\w+)', '/\\2/\\1', '/a/b/c/d', '/b/a/d/c'],
    ['a', '[\\0]', 'banana', 'b[a]n[a]n[a]'],
    ['a', '\\\\', 'a', '\\'],
    ['(x)|(y)', '<\\2>', 'xy', '<><y>'],
    ['(a)', '\\9$1', 'a', '$1'],
    ['/é/', '/\\0-ü/', 'x/é/y', 'x//é/-ü/y'],
    ['nothing', 'x', '/path', '/path'],
  ])('%j with %j on %j gives %j', (pattern, substitution, value, expected) => {
    expect(rewriteRegex(pattern, substitution, value)).toBe(expected);
  });
});
