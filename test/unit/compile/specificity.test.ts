import { describe, expect, it } from '@jest/globals';
import type { MatcherSpec } from '../../../src/api/matcher.ts';
import { closed } from '../../../src/compile/closed.ts';
import { closedPlan } from '../../../src/compile/route-plan.ts';
import { sortBySpecificity } from '../../../src/compile/specificity.ts';

const plan = (name: string, ...matchers: MatcherSpec[]) =>
  closedPlan({ name, path: '' }, matchers, closed(''));

describe('sortBySpecificity', () => {
  it('is by methods, kind of path, and path; what is equal keeps its order', () => {
    const plans = [
      plan('none'),
      plan('prefix', { prefix: '/a' }),
      plan('long', { prefix: '/a/b' }),
      plan('same', { prefix: '/a' }),
      plan('regex', { regex: '/z' }),
      plan('exact', { exact: '/a' }),
      plan('methods', { prefix: '/', methods: ['GET', 'PUT'] }),
      plan('method', { prefix: '/', methods: ['GET'] }),
      plan('best of two', { prefix: '/b' }, { exact: '/b' }),
    ];
    expect(sortBySpecificity(plans).map(({ name }) => name)).toEqual([
      'methods',
      'method',
      'best of two',
      'exact',
      'regex',
      'long',
      'prefix',
      'same',
      'none',
    ]);
  });
});
