import { describe, expect, it } from '@jest/globals';
import { ownKind } from '../../../src/kube/own-kind.ts';

describe('own kinds', () => {
  it.each(['VirtualService', 'Upstream'])('knows %s', (kind) => {
    expect(ownKind(kind)).toBe(kind);
  });

  it.each(['Secret', 'Pod', 'toString', ''])('does not take %j for one', (name) => {
    expect(ownKind(name)).toBeUndefined();
  });
});
