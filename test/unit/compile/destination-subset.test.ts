import { describe, expect, it } from '@jest/globals';

import { compileSubset } from '../../../src/compile/destination-subset.ts';
import { createFindings } from '../../../src/compile/findings.ts';
import type { HostScope } from '../../../src/compile/providers.ts';

const backends = new Map([
  ['plain_ns', {}],
  ['divided_ns', { subsets: [['version'], ['stage', 'version']] }],
]);

function subsetOf(cluster: string, values: Record<string, string>, kube = false) {
  const findings = createFindings();
  const scope = { context: { backends }, findings } as unknown as HostScope;
  const value = {
    subset: { values },
    ...(kube ? { kube: { ref: { name: 's' }, port: 1 } } : {}),
  };
  const compiled = compileSubset({ value, path: 'p' }, cluster, scope);
  return { compiled, found: findings.list.map(({ severity, gloo }) => `${severity} ${gloo}`) };
}

describe('compileSubset', () => {
  it.each([
    ['no labels', 'divided_ns', {}, false],
    ['an Upstream that is missing', 'gone_ns', { version: '1' }, false],
  ])('%s: nothing', (_title, cluster, values, kube) => {
    expect(subsetOf(cluster, values, kube)).toEqual({ compiled: {}, found: [] });
  });

  it.each([[{ version: '1' }], [{ version: '1', stage: 'prod' }]])('%j is known', (values) => {
    const { compiled, found } = subsetOf('divided_ns', values);
    expect(compiled).toEqual({ subset: values });
    expect(found).toEqual([]);
  });

  it.each([
    ['plain_ns', false],
    ['kube-svc:ns-s-1_ns', true],
  ])('%s has no subsets: all endpoints, and a warning as in Gloo', (cluster, kube) => {
    expect(subsetOf(cluster, { version: '1' }, kube)).toEqual({
      compiled: {},
      found: [
        'warning Route Warning: InvalidDestinationWarning. Reason: route has a subset config, but the upstream does not',
      ],
    });
  });

  it('a subset that no selector names is an error', () => {
    expect(subsetOf('divided_ns', { stage: 'prod' }).found).toEqual([
      'error route has a subset config, but none of the subsets in the upstream match it',
    ]);
  });
});
