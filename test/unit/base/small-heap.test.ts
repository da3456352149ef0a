import { describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';

const source = resolve(import.meta.dirname, '../../../src/base/small-heap.ts');

/** In a process of its own, whose heap nobody else uses: megabytes before, while it is held, and after; then without it at all. */
const script = `
import { setImmediate as turn } from 'node:timers/promises';
import { getHeapSpaceStatistics } from 'node:v8';
import { keepHeapSmall } from '${source}';
const size = () => getHeapSpaceStatistics().find((one) => one.space_name === 'new_space').space_size / 2 ** 20;
const kept = [];
// The middle of many: at one instant pages that were left may be waiting for a busy machine to free them.
const load = async () => {
  const seen = [];
  for (let i = 0; i < 3e6; i += 1) {
    kept.push({ i });
    if (i % 1e4 !== 0) continue;
    await turn();
    if (i > 15e5) seen.push(size());
  }
  return seen.sort((one, other) => one - other)[seen.length >> 1];
};
const sizes = [size()];
const release = keepHeapSmall();
sizes.push(await load());
release();
sizes.push(await load());
console.log(JSON.stringify(sizes));
`;

const unbounded = script.replace('const release = keepHeapSmall();', '').replace('release();', '');

function sizesIn(text: string): readonly number[] {
  const args = ['--input-type=module-typescript', '--no-warnings', '-e', text];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as number[];
}

describe('keepHeapSmall', () => {
  it('keeps the young generation from growing until it is released, and then within bounds', () => {
    const [before = 0, held = 0, after = 0] = sizesIn(script);
    const [, , free = 0] = sizesIn(unbounded);
    // Both halves of it are counted only once they are in use, and while one is being left a third.
    expect(held).toBeLessThanOrEqual(4 * before);
    expect(after).toBeGreaterThan(held);
    expect(after).toBeLessThanOrEqual(64);
    expect(free).toBeGreaterThan(after);
  });
});
