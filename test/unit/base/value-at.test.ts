import { expect, test } from '@jest/globals';

import { valueAt } from '../../../src/base/value-at.ts';

const record = { a: { b: 1, list: [{ c: 2 }], none: null }, 'x.y': 'dotted' };

test.each<[path: readonly string[], found: unknown]>([
  [['a', 'b'], 1],
  [['x.y'], 'dotted'],
  [['a'], record.a],
  [['a', 'none'], null],
  [['a', 'none', 'b'], undefined],
  [['a', 'list', '0'], undefined],
  [['a', 'b', 'c'], undefined],
  [['x', 'y'], undefined],
  [['toString'], undefined],
  [['a', '__proto__'], undefined],
  [['a', 'constructor', 'name'], undefined],
])('%j', (path, found) => {
  expect(valueAt(record, path)).toBe(found);
});
