import type { LlmRoute } from '../ir/llm.ts';

/** Why Envoy cannot serve a route for models as the table wants it; undefined: nothing of it is about access. */
export function modelRouteFault(llm: LlmRoute | undefined): string | undefined {
  if (llm?.reasoning?.hide === true) return 'reasoning that is hidden from callers';
  return undefined;
}

/** What Envoy does not do for requests to models, though it serves them. */
export function modelRouteDifferences(llm: LlmRoute | undefined): readonly string[] {
  return [
    ...(llm?.reasoning?.field === undefined ? [] : ['the field of reasoning is as sent']),
    ...(llm?.timeouts === undefined ? [] : ['no time limits for tokens']),
  ];
}
