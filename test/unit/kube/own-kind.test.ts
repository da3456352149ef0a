import { describe, expect, it } from '@jest/globals';
import { apiVersionOf, ownKind } from '../../../src/kube/own-kind.ts';

describe('own kinds', () => {
  it.each([
    ['VirtualService', 'gateway.solo.io/v1'],
    ['Upstream', 'gloo.solo.io/v1'],
  ] as const)('knows %s', (kind, apiVersion) => {
    expect(ownKind(kind)).toBe(kind);
    expect(apiVersionOf(kind)).toBe(apiVersion);
  });

  it.each(['Secret', 'Pod', 'toString', ''])('does not take %j for one', (name) => {
    expect(ownKind(name)).toBeUndefined();
  });
});
