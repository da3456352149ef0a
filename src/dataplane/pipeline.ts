import { messageOf } from '../base/errors.ts';
import { bodyLimitStage } from './body-buffer.ts';
import type { Denial } from './denial.ts';
import { internalError } from './denial.ts';
import type { Exchange, StageOutcome } from './exchange.ts';
import { actionStage } from './stage-action.ts';
import { corsStage } from './stage-cors.ts';
import { faultStage } from './stage-fault.ts';
import {
  afterExtAuthStage,
  beforeExtAuthStage,
  claimHeadersStage,
  tokenRemovalStage,
} from './stage-jwt.ts';
import { authorizationStage } from './stage-rbac.ts';
import { headStage, targetStage, virtualHostStage } from './stage-request.ts';
import { routeByClaimsStage, routeStage } from './stage-route.ts';
import { upgradeStage } from './stage-upgrade.ts';

/** A step on the way of a request: refuses it, or changes the exchange and lets it go on. */
export interface Stage {
  readonly name: string;
  readonly run: (exchange: Exchange) => StageOutcome;
}

/** The life of a request, in this order. */
export const stages: readonly Stage[] = [
  { name: 'head', run: headStage },
  { name: 'target', run: targetStage },
  { name: 'virtual-host', run: virtualHostStage },
  { name: 'route', run: routeStage },
  { name: 'upgrade', run: upgradeStage },
  { name: 'fault', run: faultStage },
  { name: 'cors', run: corsStage },
  { name: 'jwt-before-ext-auth', run: beforeExtAuthStage },
  { name: 'jwt-after-ext-auth', run: afterExtAuthStage },
  { name: 'claim-headers', run: claimHeadersStage },
  { name: 'route-by-claims', run: routeByClaimsStage },
  { name: 'upgrade-by-claims', run: upgradeStage },
  { name: 'token-removal', run: tokenRemovalStage },
  { name: 'rbac', run: authorizationStage },
  { name: 'body-limit', run: bodyLimitStage },
  { name: 'action', run: actionStage },
];

/**
 * Runs the stages; the answer comes at once unless one of them has to wait. Whatever is thrown on the way refuses the
 * request: nothing passes by an error.
 */
export function decide(exchange: Exchange): StageOutcome {
  return runFrom(exchange, 0);
}

function runFrom(exchange: Exchange, first: number): StageOutcome {
  for (let index = first; index < stages.length; index += 1) {
    const stage = stages[index];
    if (stage === undefined) break;
    const outcome = attempt(stage, exchange);
    if (outcome instanceof Promise) return resume(exchange, index, outcome);
    if (exchange.trace !== undefined) note(exchange, stage, outcome);
    if (outcome !== undefined) return refused(exchange, outcome);
    if (exchange.reply !== undefined) return undefined;
  }
  return undefined;
}

async function resume(
  exchange: Exchange,
  index: number,
  pending: Promise<Denial | undefined>,
): Promise<Denial | undefined> {
  const outcome = await pending.catch((error: unknown) => internalError(messageOf(error)));
  const stage = stages[index];
  if (exchange.trace !== undefined && stage !== undefined) note(exchange, stage, outcome);
  return outcome === undefined ? runFrom(exchange, index + 1) : refused(exchange, outcome);
}

function attempt(stage: Stage, exchange: Exchange): StageOutcome {
  try {
    return stage.run(exchange);
  } catch (error) {
    return internalError(messageOf(error));
  }
}

function refused(exchange: Exchange, denial: Denial): Denial {
  exchange.reason = denial.reason;
  exchange.detail = denial.detail;
  return denial;
}

/** What the stages noted themselves is closed by how they ended. */
function note({ trace }: Exchange, stage: Stage, denial: Denial | undefined): void {
  if (denial === undefined) trace?.end(stage.name, 'pass');
  else trace?.end(stage.name, `${denial.status} ${denial.reason}`, denial.detail);
}
