import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from './clock.ts';

/** To be asked between two pieces of long work: undefined to go on at once, else a promise to wait for. */
export type Breather = () => Promise<void> | undefined;

/** So long may work hold up everything else, such as requests. */
const eachMs = 10;

/** Creates a breather that lets others work once every 10 ms. */
export function createBreather(clock: Pick<Clock, 'monotonic'>): Breather {
  let sinceMs = clock.monotonic();
  const breathe = async (): Promise<void> => {
    await nextTurn();
    sinceMs = clock.monotonic();
  };
  return () => (clock.monotonic() - sinceMs < eachMs ? undefined : breathe());
}
