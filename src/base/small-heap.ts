import { constants, PerformanceObserver, type PerformanceEntry } from 'node:perf_hooks';
import { getHeapSpaceStatistics, getHeapStatistics, setFlagsFromString } from 'node:v8';

/** Above this the young generation grows no further: requests need far less, and V8 would let it become 128 MB. */
const mostYoungBytes = 16 * 1024 * 1024;

/**
 * How far the old generation may grow beyond what is alive until it is collected. By itself V8 waits for two to four times of that, which
 * for a table of thousands of hosts is a hundred megabytes; each change of one of them leaves a few.
 */
const oldGrowthBytes = 48 * 1024 * 1024;

/**
 * Keeps the young generation of the heap from growing until the returned function is called, and both generations within bounds from
 * then on. While manifests are loaded nearly everything survives, which V8 answers with room that a gateway at work does not need.
 */
export function keepHeapSmall(): () => void {
  // V8 reads these flags whenever it is about to grow; the largest size it reads at the start alone.
  allowGrowth(false);
  return () => {
    new PerformanceObserver((list) => {
      allowGrowth(youngBytes() < mostYoungBytes);
      if (list.getEntries().some(isMajor)) boundOldGeneration();
    }).observe({ entryTypes: ['gc'] });
    allowGrowth(true);
    boundOldGeneration();
  };
}

function isMajor(entry: PerformanceEntry): boolean {
  // Entries of `gc` have it; the types of Node do not say so.
  const { detail } = entry as PerformanceEntry & { readonly detail?: { readonly kind?: number } };
  return detail?.kind === constants.NODE_PERFORMANCE_GC_MAJOR;
}

/** Just after a collection, when nearly all that is in use is alive. A small heap keeps about the freedom that it has by itself. */
function boundOldGeneration(): void {
  const percent = Math.round((100 * oldGrowthBytes) / getHeapStatistics().used_heap_size);
  setFlagsFromString(`--heap-growing-percent=${Math.min(Math.max(percent, 20), 300)}`);
}

function allowGrowth(allowed: boolean): void {
  setFlagsFromString(`--semi-space-growth-factor=${allowed ? 2 : 1}`);
}

function youngBytes(): number {
  const young = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space');
  return young?.space_size ?? 0;
}
