import type { FaultPolicy } from '../ir/fault.ts';
import { protoDuration, typedConfig, type EnvoyConfig } from './typed-config.ts';

/** Name of the filter that makes faults. */
export const faultFilterName = 'envoy.filters.http.fault';

/** The faults of a route. */
export function faultPolicy({ delay, abort }: FaultPolicy): EnvoyConfig {
  return typedConfig('extensions.filters.http.fault.v3.HTTPFault', {
    ...(delay
      ? {
          delay: { percentage: share(delay.percentage), fixed_delay: protoDuration(delay.delayMs) },
        }
      : {}),
    ...(abort ? { abort: { percentage: share(abort.percentage), http_status: abort.status } } : {}),
  });
}

function share(percentage: number): EnvoyConfig {
  return { numerator: Math.round(percentage * 10_000), denominator: 'MILLION' };
}
