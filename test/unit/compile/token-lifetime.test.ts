import { describe, expect, it } from '@jest/globals';

import { createFindings } from '../../../src/compile/findings.ts';
import { lifetimeRules } from '../../../src/compile/token-lifetime.ts';

describe('lifetimeRules', () => {
  it.each([
    [{}, {}],
    [{ requireExp: false }, {}],
    [{ requireExp: true }, { requireExp: true }],
    [{ maxTokenLifetime: '1h30m' }, { maxLifetimeSeconds: 5400 }],
    [{ maxTokenLifetime: '1.9s' }, { maxLifetimeSeconds: 1 }],
  ])('of %j', (provider, expected) => {
    const findings = createFindings();
    expect(lifetimeRules(provider, 'a', { findings })).toEqual(expected);
    expect(findings.list).toEqual([]);
  });

  it.each(['0s', '0', '999ms'])('%s would refuse every token', (maxTokenLifetime) => {
    const findings = createFindings();
    expect(lifetimeRules({ maxTokenLifetime }, 'a', { findings })).toEqual({});
    expect(findings.list).toMatchObject([
      { severity: 'error', reason: 'InvalidValue', path: 'a.maxTokenLifetime' },
    ]);
  });
});
