import { describe, expect, it } from '@jest/globals';
import type { Matcher } from '../../../src/ir/matcher.ts';
import { routeMatch } from '../../../src/xds/route-match.ts';

const path = { kind: 'prefix', value: '/a', caseSensitive: true } as const;
const matcher = (changes: Partial<Matcher>): Matcher => ({
  path,
  headers: [],
  query: [],
  methods: [],
  ...changes,
});

describe('routeMatch', () => {
  it.each([
    ['a prefix', {}, { prefix: '/a' }],
    [
      'a prefix by segments',
      { path: { ...path, bySegment: true } },
      { path_separated_prefix: '/a' },
    ],
    [
      'an exact path in any case',
      { path: { ...path, kind: 'exact', caseSensitive: false } },
      { path: '/a', case_sensitive: false },
    ],
    [
      'an expression',
      { path: { ...path, kind: 'regex', value: '/a.*' } },
      { safe_regex: { regex: '/a.*' } },
    ],
    [
      'methods, whatever characters they have',
      { methods: ['GET', 'A.B'] },
      {
        prefix: '/a',
        headers: [
          { name: ':method', string_match: { safe_regex: { regex: String.raw`GET|A\.B` } } },
        ],
      },
    ],
    [
      'a header that has to be absent',
      { headers: [{ name: 'x', kind: 'present', value: '', invert: true }] },
      { prefix: '/a', headers: [{ name: 'x', present_match: true, invert_match: true }] },
    ],
    [
      'the host, which Envoy calls otherwise',
      { headers: [{ name: 'host', kind: 'exact', value: 'a', invert: false }] },
      { prefix: '/a', headers: [{ name: ':authority', string_match: { exact: 'a' } }] },
    ],
    [
      'parameters',
      {
        query: [
          { name: 'q', kind: 'present', value: '' },
          { name: 'r', kind: 'regex', value: '1+' },
        ],
      },
      {
        prefix: '/a',
        query_parameters: [
          { name: 'q', present_match: true },
          { name: 'r', string_match: { safe_regex: { regex: '1+' } } },
        ],
      },
    ],
  ] satisfies [string, Partial<Matcher>, object][])('%s', (_name, changes, wanted) => {
    expect(routeMatch(matcher(changes))).toEqual(wanted);
  });
});
