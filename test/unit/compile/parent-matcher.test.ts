import { describe, expect, it } from '@jest/globals';
import type { RouteSpec } from '../../../src/api/route.ts';
import { createFindings } from '../../../src/compile/findings.ts';
import { parentMatcher, parentMatcherFault } from '../../../src/compile/parent-matcher.ts';

const route = (spec: RouteSpec) => ({ spec, path: 'r' });

describe('the matcher of a delegating route', () => {
  it.each([
    [{}, undefined],
    [{ matchers: [{}] }, undefined],
    [{ matchers: [{ prefix: '/a' }] }, undefined],
    [{ matchers: [{ prefix: '/a' }, { prefix: '/b' }] }, 'omit or specify a single matcher'],
    [{ matchers: [{ exact: '/a' }] }, 'must use a prefix matcher'],
    [{ matchers: [{ regex: '/a' }] }, 'must use a prefix matcher'],
    [{ matchers: [{ connectMatcher: {} }] }, 'must use a prefix matcher'],
  ])('%j: %s', (spec, fault) => {
    const found = parentMatcherFault(route(spec))?.gloo;
    if (fault === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(fault);
  });

  it.each([
    [{}, { prefix: '/' }, 0],
    [{ matchers: [{ prefix: '/a', methods: ['GET'] }] }, { prefix: '/a', methods: ['GET'] }, 0],
    [{ matchers: [{ prefix: '' }] }, { prefix: '/' }, 0],
    [{ matchers: [{ methods: ['GET'] }] }, { prefix: '/' }, 1],
  ])('%j takes %j', (spec, matcher, warnings) => {
    const findings = createFindings();
    expect(parentMatcher(route(spec), { findings })).toEqual(matcher);
    expect(findings.list).toHaveLength(warnings);
  });
});
