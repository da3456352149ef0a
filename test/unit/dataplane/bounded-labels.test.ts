import { expect, test } from '@jest/globals';

import { BoundedLabels } from '../../../src/dataplane/bounded-labels.ts';

test('the first texts have labels of their own, all others share one', () => {
  const labels = new BoundedLabels();
  expect(['a', 'b', 'c', 'a', ''].map((text) => labels.labelOf(text, 2))).toEqual([
    'a',
    'b',
    '_other',
    'a',
    '',
  ]);
  expect(labels.size).toBe(2);
});

test('a higher limit makes room', () => {
  const labels = new BoundedLabels();
  labels.labelOf('a', 1);
  expect(labels.labelOf('b', 1)).toBe('_other');
  expect(labels.labelOf('b', 2)).toBe('b');
});

test('a long text is no name', () => {
  const labels = new BoundedLabels();
  expect(labels.labelOf('x'.repeat(128), 9)).toHaveLength(128);
  expect(labels.labelOf('x'.repeat(129), 9)).toBe('_other');
});

test('asking for a known label takes no place', () => {
  const labels = new BoundedLabels();
  expect(labels.knownLabelOf('a')).toBe('_other');
  labels.labelOf('a', 1);
  expect([labels.knownLabelOf('a'), labels.knownLabelOf('')]).toEqual(['a', '']);
});
