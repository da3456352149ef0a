import { PerformanceObserver } from 'node:perf_hooks';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** Above this the young generation grows no further: requests need far less, and V8 would let it become 128 MB. */
const mostYoungBytes = 16 * 1024 * 1024;

/**
 * How much the old generation may grow until it is collected. By itself V8 waits for two to four times of what is alive, which for a
 * table of thousands of hosts is a hundred megabytes; each change of one of them leaves a few.
 */
const growthPercent = 40;

/**
 * Keeps the young generation of the heap from growing until the returned function is called, and both generations within bounds from
 * then on. While manifests are loaded nearly everything survives, which V8 answers with room that a gateway at work does not need.
 */
export function keepHeapSmall(): () => void {
  // V8 reads these flags whenever it is about to grow; the largest size it reads at the start alone.
  allowGrowth(false);
  return () => {
    setFlagsFromString(`--heap-growing-percent=${growthPercent}`);
    const bound = (): void => allowGrowth(youngBytes() < mostYoungBytes);
    new PerformanceObserver(bound).observe({ entryTypes: ['gc'] });
    bound();
  };
}

function allowGrowth(allowed: boolean): void {
  setFlagsFromString(`--semi-space-growth-factor=${allowed ? 2 : 1}`);
}

function youngBytes(): number {
  const young = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space');
  return young?.space_size ?? 0;
}
