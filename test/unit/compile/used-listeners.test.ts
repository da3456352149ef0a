import { describe, expect, it } from '@jest/globals';

import { usedListeners } from '../../../src/compile/used-listeners.ts';

const plan = (name: string, tls: boolean, virtualHosts: string[]) => ({
  listener: { name, port: 80, tls, stripPort: false },
  selects: () => true,
  virtualHosts,
});

describe('usedListeners', () => {
  it('are in the order of their names, their virtual hosts too, except where the oldest has a meaning', () => {
    const plans = [
      plan('b', false, ['y', 'x']),
      plan('c', true, ['y', 'x']),
      plan('nothing', false, []),
      plan('a', false, ['z']),
    ];
    expect(usedListeners(plans).map(({ name, virtualHosts }) => [name, virtualHosts])).toEqual([
      ['a', ['z']],
      ['b', ['x', 'y']],
      ['c', ['y', 'x']],
    ]);
  });
});
