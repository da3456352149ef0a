import { describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';

const source = resolve(import.meta.dirname, '../../../src/base/young-generation.ts');

/** In a process of its own, whose heap nobody else uses: megabytes before, while it is held, and after. */
const script = `
import { getHeapSpaceStatistics } from 'node:v8';
import { holdYoungGeneration } from '${source}';
const size = () => getHeapSpaceStatistics().find((one) => one.space_name === 'new_space').space_size / 2 ** 20;
const kept = [];
const load = () => { for (let i = 0; i < 1e6; i += 1) kept.push({ i }); };
const sizes = [size()];
const release = holdYoungGeneration();
load();
sizes.push(size());
release();
load();
sizes.push(size());
console.log(JSON.stringify(sizes));
`;

describe('holdYoungGeneration', () => {
  it('keeps it from growing until it is released', () => {
    const args = ['--input-type=module-typescript', '--no-warnings', '-e', script];
    const out = execFileSync(process.execPath, args, { encoding: 'utf8' });
    const [before = 0, held, after] = JSON.parse(out) as number[];
    // Both halves of it are counted only once they are in use.
    expect(held).toBeLessThanOrEqual(2 * before);
    expect(after).toBeGreaterThanOrEqual(8 * before);
  });
});
