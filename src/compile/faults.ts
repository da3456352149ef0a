import { durationMs } from '../base/duration.ts';
import type { FaultPolicy } from '../ir/fault.ts';
import { scopeAt } from './parts.ts';
import type { HostScope } from './providers.ts';
import type { RoutePlan } from './route-plan.ts';

/** The faults that are made on a route; undefined: none. */
export function compileFaults({ options }: RoutePlan, scope: HostScope): FaultPolicy | undefined {
  const { delay, abort } = options.value.faults ?? {};
  const delayMs = durationMs(delay?.fixedDelay ?? '') ?? 0;
  const layer = options.layerOf('faults');
  if (delay && delayMs === 0) {
    scopeAt(scope, layer?.place).findings.error({
      reason: 'InvalidValue',
      path: `${layer?.path}.faults.delay.fixedDelay`,
      what: 'this is no delay',
      found: delay.fixedDelay,
      accepted: 'more than 0s',
    });
  }
  const delayed = delay?.percentage ?? 0;
  const aborted = abort?.percentage ?? 0;
  if (delayed === 0 && aborted === 0) return undefined;
  return {
    ...(delayed > 0 ? { delay: { percentage: delayed, delayMs } } : {}),
    ...(abort && aborted > 0 ? { abort: { percentage: aborted, status: abort.httpStatus } } : {}),
  };
}
