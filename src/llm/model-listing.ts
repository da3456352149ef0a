import type { LlmBackend, ModelRules } from '../ir/llm.ts';
import { routedModel, targetModel } from './billed-model.ts';
import { errorBody } from './error-body.ts';
import type { ModelEndpoint } from './model-endpoint.ts';
import type { ModelGrant } from './model-grant.ts';

/** What a listing of models is made of. */
export interface ModelListing {
  readonly grant: ModelGrant;
  readonly rules: ModelRules | undefined;
  /** The servers that may be asked. */
  readonly backends: readonly LlmBackend[];
  /** The client speaks Anthropic's API. */
  readonly isAnthropic: boolean;
}

/**
 * Names that a caller may ask for: those that are billed, and aliases of them. Names that a vendor takes beside its own work
 * as well, and stay out.
 */
export function usableModels({ grant, rules, backends, isAnthropic }: ModelListing): string[] {
  const endpoint: ModelEndpoint = isAnthropic ? 'messages' : 'chat';
  const aliases = rules?.aliases ?? {};
  const names = [...new Set([...grant, ...Object.keys(aliases)])];
  return names.filter((name) =>
    backends.some((backend) => {
      const billed = targetModel(routedModel(name, rules), endpoint, backend)?.billed;
      const isUsable = billed !== undefined && grant.has(billed);
      return isUsable && (billed === name || Object.hasOwn(aliases, name));
    }),
  );
}

/** The answer to a request for one model, or for all of them where it is empty. */
export function modelListing(
  listing: ModelListing,
  name: string,
): { readonly status: 200 | 404; readonly body: string } {
  const names = usableModels(listing);
  const entry = listing.isAnthropic ? anthropicEntry : openAiEntry;
  if (name !== '') {
    if (names.includes(name)) return { status: 200, body: JSON.stringify(entry(name)) };
    return { status: 404, body: errorBody('model_not_found', 'There is no such model for you.') };
  }
  const data = names.map(entry);
  const list = listing.isAnthropic
    ? { data, has_more: false, first_id: names.at(0) ?? null, last_id: names.at(-1) ?? null }
    : { object: 'list', data };
  return { status: 200, body: JSON.stringify(list) };
}

function openAiEntry(id: string): object {
  return { id, object: 'model', created: 0, owned_by: 'seekgate' };
}

function anthropicEntry(id: string): object {
  return { type: 'model', id, display_name: id, created_at: '1970-01-01T00:00:00Z' };
}
