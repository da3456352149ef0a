import { systemClock, type Clock } from '../base/clock.ts';
import type { FaultPolicy } from '../ir/fault.ts';
import type { Denial } from './denial.ts';

/** Makes the faults of a route: nothing, a refusal, or one of them after a while. */
export type FaultInjector = () => Denial | undefined | Promise<Denial | undefined>;

/** Where chance and time come from. */
export interface FaultParts {
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** From 0 to below 1. Default: `Math.random`. */
  readonly random?: () => number;
}

/** The faults of a route in words. */
export interface ExplainedFaults {
  readonly notes: readonly string[];
  readonly refusal: Denial | undefined;
}

/** Prepares the faults of a route: first the delay, then the refusal, each by its own chance. */
export function prepareFaults(
  { delay, abort }: FaultPolicy,
  { clock = systemClock, random = Math.random }: FaultParts = {},
): FaultInjector {
  const happens = (percentage: number): boolean => random() * 100 < percentage;
  const refusal = abort && aborted(abort.status);
  const refuse = (): Denial | undefined =>
    abort && happens(abort.percentage) ? refusal : undefined;
  return () => {
    if (delay === undefined || !happens(delay.percentage)) return refuse();
    return new Promise((resolve) => void clock.after(delay.delayMs, () => resolve(refuse())));
  };
}

/** Envoy's words. */
function aborted(status: number): Denial {
  const hasBody = status !== 204 && status !== 205 && status !== 304;
  return { status, body: hasBody ? 'fault filter abort' : '', reason: 'fault', detail: 'injected' };
}

/** What the faults of a route do to requests, without chance: the refusal is that of every one. */
export function explainFaults({ delay, abort }: FaultPolicy): ExplainedFaults {
  const notes: string[] = [];
  if (delay && delay.percentage > 0) {
    notes.push(`${delay.percentage} % of the requests wait ${delay.delayMs} ms first`);
  }
  if (abort && abort.percentage > 0) {
    notes.push(`${abort.percentage} % of the requests are answered with ${abort.status}`);
  }
  return { notes, refusal: abort && abort.percentage >= 100 ? aborted(abort.status) : undefined };
}
