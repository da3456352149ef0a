import type { Exchange, StageOutcome } from './exchange.ts';

/** The faults of the route are made before anything else is asked of the request. */
export function faultStage(exchange: Exchange): StageOutcome {
  return exchange.route?.inject?.();
}
