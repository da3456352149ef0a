import type { Exchange, StageOutcome } from './exchange.ts';
import { explainFaults } from './fault-injection.ts';

/** The faults of the route are made before anything else is asked of the request. */
export function faultStage(exchange: Exchange): StageOutcome {
  const { route, trace, isQuestion } = exchange;
  if (route?.inject === undefined) return undefined;
  if (trace === undefined || route.route.fault === undefined) return route.inject();
  const { notes, refusal } = explainFaults(route.route.fault);
  trace.push(...notes);
  return isQuestion ? refusal : route.inject();
}
