import { describe, expect, it } from '@jest/globals';
import { clusterName } from '../../../src/compile/cluster-defaults.ts';

describe('clusterName', () => {
  it('is that of Gloo', () => {
    expect(clusterName({ name: 'echo', namespace: 'team' })).toBe('echo_team');
  });
});
