import { valueAt } from '../base/value-at.ts';
import type { LlmBackend, ReasoningRules } from '../ir/llm.ts';
import type { AnswerView } from '../llm/answer-view.ts';
import type { Exchange } from './exchange.ts';

/** Whether the caller of a request must see no reasoning. */
export function hidesReasoning({ route, identities }: Exchange): boolean {
  const { hide, showTo }: ReasoningRules = route?.route.llm?.reasoning ?? {};
  if (hide !== true) return false;
  return (
    showTo === undefined || !has(valueAt(identities.at(-1)?.claims, showTo.claim), showTo.value)
  );
}

/** What the caller sees of the answer of one server. */
export function answerView(
  exchange: Exchange,
  server: LlmBackend | undefined,
  hidesUsage: boolean,
): AnswerView {
  return {
    field: exchange.route?.route.llm?.reasoning?.field ?? 'REASONING_CONTENT',
    hide: hidesReasoning(exchange),
    thinkTags: server?.thinkTags ?? 'OPENED',
    hidesUsage,
  };
}

function has(claim: unknown, value: string): boolean {
  if (Array.isArray(claim)) return claim.some((one) => isValue(one, value));
  return isValue(claim, value);
}

function isValue(claim: unknown, value: string): boolean {
  return (typeof claim === 'string' || typeof claim === 'boolean') && String(claim) === value;
}
