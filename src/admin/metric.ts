import { Counter, Gauge, type Metric } from 'prom-client';
import type { LabelledCount } from './admin-facts.ts';

/** Sets the value for some labels, in the order of their names. */
export type SetValue = (labels: readonly string[], value: number) => void;

/** A gauge that is filled anew each time it is read. */
export function gauge(
  name: string,
  help: string,
  labelNames: readonly string[],
  fill: (set: SetValue) => void,
): Metric {
  return new Gauge({
    name: `seekgate_${name}`,
    help,
    labelNames,
    registers: [],
    collect() {
      this.reset();
      fill((labels, value) => this.set(labelled(labelNames, labels), value));
    },
  });
}

/** A counter that is counted elsewhere. */
export function counter(
  name: string,
  help: string,
  labelNames: readonly string[],
  counts: () => readonly LabelledCount[],
): Metric {
  return new Counter({
    name: `seekgate_${name}`,
    help,
    labelNames,
    registers: [],
    collect() {
      this.reset();
      for (const { labels, value } of counts()) this.inc(labelled(labelNames, labels), value);
    },
  });
}

/** How often each combination of labels occurs. */
export function tally(labels: readonly (readonly string[])[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const parts of labels) {
    const key = parts.join('/');
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

function labelled(
  names: readonly string[],
  values: readonly string[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name, index) => [name, values[index] ?? '']));
}
