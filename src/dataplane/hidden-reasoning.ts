import { errorBody } from '../llm/error-body.ts';
import type { ModelEndpoint } from '../llm/model-endpoint.ts';
import type { ModelRequest } from '../llm/model-request.ts';
import { revealingPart } from '../llm/revealing-request.ts';
import type { Denial } from './denial.ts';
import type { Exchange } from './exchange.ts';
import { hidesReasoning } from './reasoning-view.ts';
import type { Upstream } from './upstream.ts';

/** Somewhere a request may be sent. */
interface Target {
  readonly upstream: Upstream;
}

/** Of the targets of a request those whose reasoning can be hidden from a caller who must see none; or why there is none. */
export function hidingTargets<T extends Target>(
  exchange: Exchange,
  request: ModelRequest,
  targets: readonly T[],
): readonly T[] | Denial {
  if (!hidesReasoning(exchange)) return targets;
  const parts = targets.map(({ upstream }) => revealingPart(request, upstream.backend?.settings));
  exchange.trace?.push('the caller must see no reasoning');
  const hiding = targets.filter((_target, index) => parts[index] === undefined);
  const named = parts.find((part) => part !== undefined);
  return hiding.length > 0 || named === undefined ? hiding : revealingMember(named);
}

/** Why a request of which nothing is known is not for such a caller; undefined: it may be. */
export function unseenReasoning(exchange: Exchange, endpoint: ModelEndpoint): Denial | undefined {
  return endpoint !== 'models' && hidesReasoning(exchange) ? unseen : undefined;
}

function refused(message: string, detail: string): Denial {
  const body = errorBody('permission_error', message);
  return { status: 403, body, contentType: 'application/json', reason: 'reasoning', detail };
}

/** The name is one of a list. */
function revealingMember(name: string): Denial {
  return refused(
    `You may not see reasoning, which \`${name}\` could show.`,
    `${name} could show reasoning`,
  );
}

const unseen = refused(
  'You may not see reasoning, and whether this answer holds any cannot be seen.',
  'reasoning could not be hidden',
);
