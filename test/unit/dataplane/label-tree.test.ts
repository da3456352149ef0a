import { expect, test } from '@jest/globals';

import { LabelTree } from '../../../src/dataplane/label-tree.ts';

test('holds one thing under the same labels, and lists what was asked for', () => {
  const tree = new LabelTree(() => ({ count: 0 }));
  tree.at('a').at('x').value.count += 1;
  tree.at('a').at('x').value.count += 1;
  tree.at('a').at('').value.count += 5;
  tree.at('b').at('x');
  expect(tree.entries()).toEqual([
    [['a', 'x'], { count: 2 }],
    [['a', ''], { count: 5 }],
  ]);
});
