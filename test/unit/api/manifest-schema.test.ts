import { describe, expect, it } from '@jest/globals';
import { coreKinds, kinds } from '../../../src/api/kinds.ts';
import { manifestSchema } from '../../../src/api/manifest-schema.ts';

describe('manifestSchema', () => {
  it.each([...kinds, ...coreKinds].map(({ kind }) => kind))('%s compiles, once', (kind) => {
    expect(manifestSchema(kind)).toBe(manifestSchema(kind));
    expect(manifestSchema(kind).check({ metadata: 'x' })).not.toEqual([]);
  });

  it('our kinds are closed, those of Kubernetes are open', () => {
    const manifest = { metadata: { name: 'a' }, spec: {}, more: 1 };
    expect(manifestSchema('RouteTable').check(manifest)).toHaveLength(1);
    expect(manifestSchema('Service').check(manifest)).toEqual([]);
  });
});
