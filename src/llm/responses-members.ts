/** Who must see no reasoning gets these of an answer of Responses, and nothing that is not known. */
export const plainItems: ReadonlySet<string> = new Set([
  'message',
  'function_call',
  'custom_tool_call',
  'web_search_call',
]);

/** Kinds of parts of a message. */
export const plainParts: ReadonlySet<string> = new Set(['output_text', 'refusal']);

/** Members of an item. */
export const plainItemMembers = namesIn(
  'id type status role content name namespace call_id arguments input action',
);

/** Members of the whole answer. */
export const plainMembers = namesIn(
  'id object created_at completed_at status model output usage error incomplete_details previous_response_id',
  'parallel_tool_calls tool_choice tools temperature top_p text store truncation metadata background service_tier user',
);

const place = 'output_index item_id content_index';

/** Members of events; an event of another type is not sent. */
const plainEvents: Readonly<Record<string, string>> = {
  'response.created': 'response',
  'response.queued': 'response',
  'response.in_progress': 'response',
  'response.completed': 'response',
  'response.incomplete': 'response',
  'response.failed': 'response',
  'response.output_item.added': 'output_index item',
  'response.output_item.done': 'output_index item',
  'response.content_part.added': `${place} part`,
  'response.content_part.done': `${place} part`,
  'response.output_text.delta': `${place} delta`,
  'response.output_text.done': `${place} text`,
  'response.output_text.annotation.added': `${place} annotation annotation_index`,
  'response.refusal.delta': `${place} delta`,
  'response.refusal.done': `${place} refusal`,
  'response.function_call_arguments.delta': 'output_index item_id delta',
  'response.function_call_arguments.done': 'output_index item_id name arguments',
  'response.custom_tool_call_input.delta': 'output_index item_id delta',
  'response.custom_tool_call_input.done': 'output_index item_id input',
  error: 'code message param',
};
const eventMembers: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries(plainEvents).map(([type, names]) => [
    type,
    namesIn('type sequence_number', names),
  ]),
);

/** Members of an event of this type; undefined: it is not sent. */
export function plainEventMembers(type: string): ReadonlySet<string> | undefined {
  return eventMembers.get(type);
}

function namesIn(...lists: readonly string[]): ReadonlySet<string> {
  return new Set(lists.flatMap((list) => list.split(' ')));
}
