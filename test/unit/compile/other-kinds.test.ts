import { describe, expect, it } from '@jest/globals';
import type { Kind } from '../../../src/api/kinds.ts';
import { compileYaml, withSpec } from '../../support/resources.ts';

const good: readonly [Kind, object][] = [
  ['RouteTable', { routes: [{ directResponseAction: { status: 200 } }] }],
  ['RouteOption', { options: { timeout: '5s' } }],
  ['VirtualHostOption', { options: {} }],
  ['UpstreamGroup', { destinations: [] }],
];

describe('kinds that are not served yet', () => {
  it.each(good)('%s has the verdict of its shape', async (kind, spec) => {
    const accepted = await compileYaml(withSpec(kind, 'x', spec));
    expect(accepted.outcome(`${kind}/x`).state).not.toBe('Rejected');
    const rejected = await compileYaml(withSpec(kind, 'x', { nonsense: 1 }));
    expect(rejected.findings(`${kind}/x`)).toEqual(['error UnknownField spec.nonsense']);
  });
});
