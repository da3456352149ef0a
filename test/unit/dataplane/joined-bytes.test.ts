import { expect, test } from '@jest/globals';

import { JoinedBytes } from '../../../src/dataplane/joined-bytes.ts';

test('is nothing at first', () => {
  expect(new JoinedBytes()).toMatchObject({ size: 0, all: Buffer.alloc(0) });
});

test('joins pieces of any length, and keeps none of them', () => {
  const bytes = new JoinedBytes();
  const piece = Buffer.from('ab');
  bytes.add(piece);
  piece.fill('x');
  bytes.add(Buffer.alloc(5000, 'c'));
  bytes.add(Buffer.alloc(0));
  bytes.add(Buffer.from('d'));
  expect(bytes.size).toBe(5003);
  expect(String(bytes.all)).toBe(`ab${'c'.repeat(5000)}d`);
});

test('takes no more memory than there will be bytes', () => {
  const bytes = new JoinedBytes(100_000);
  bytes.add(Buffer.alloc(90_000));
  bytes.add(Buffer.alloc(10_000));
  expect([bytes.all.length, bytes.all.buffer.byteLength]).toEqual([100_000, 100_000]);
});
