import { callId } from './mock-deepseek-chat-form.ts';
import type { MockEvent, MockForm } from './mock-deepseek-form.ts';
import { recut, type MockReply } from './mock-deepseek-reply.ts';

/** The Responses API: numbered events, no `[DONE]`. */
export const responsesForm: MockForm = {
  done: false,
  document: (reply) => response(reply, outcome(reply), items(reply)),
  events: (reply) => numbered(events(reply)),
  refusal: ({ body }) => body,
  failure: ({ body }) => ({
    name: 'error',
    data: { type: 'error', code: body.error.code, message: body.error.message, param: null },
  }),
};

interface Item {
  readonly whole: object;
  readonly empty: object;
  /** Events between the item's beginning and its end, without their place. */
  readonly parts: readonly MockEvent[];
}

function event(name: string, rest: object): MockEvent {
  return { name, data: { type: name, ...rest } };
}

function numbered(list: readonly MockEvent[]): readonly MockEvent[] {
  return list.map(({ name, data }, index) => ({
    ...(name === undefined ? {} : { name }),
    data: { ...data, sequence_number: index },
  }));
}

function events(reply: MockReply): readonly MockEvent[] {
  const state = outcome(reply);
  const open = { response: response(reply, 'in_progress', []) };
  return [
    event('response.created', open),
    event('response.in_progress', open),
    ...items(reply, true).flatMap((item, index) => itemEvents(item as Item, index)),
    event(`response.${state}`, { response: response(reply, state, items(reply)) }),
  ];
}

function itemEvents({ whole, empty, parts }: Item, index: number): readonly MockEvent[] {
  const place = { output_index: index };
  return [
    event('response.output_item.added', { ...place, item: empty }),
    ...parts.map(({ name = '', data }) => event(name, { ...place, ...data })),
    event('response.output_item.done', { ...place, item: whole }),
  ];
}

/** The items of an answer; with their events where they are streamed. */
function items(reply: MockReply, streamed = false): readonly object[] {
  const all: readonly Item[] = [
    ...(reply.reasoning.length > 0 ? [reasoningItem(reply)] : []),
    ...(reply.content.length > 0 ? [messageItem(reply)] : []),
    ...reply.toolCalls.map((_call, index) => callItem(reply, index)),
  ];
  return streamed ? all : all.map(({ whole }) => whole);
}

function reasoningItem(reply: MockReply): Item {
  const head = { id: `rs_${reply.number}`, type: 'reasoning', summary: [] };
  const text = reply.reasoning.join('');
  const place = { item_id: head.id, content_index: 0 };
  return {
    whole: { ...head, content: [{ type: 'reasoning_text', text }], status: 'completed' },
    empty: { ...head, content: [], status: 'in_progress' },
    parts: [
      ...reply.reasoning.map((delta) =>
        event('response.reasoning_text.delta', { ...place, delta }),
      ),
      event('response.reasoning_text.done', { ...place, text }),
    ],
  };
}

function messageItem(reply: MockReply): Item {
  const head = { id: `msg_${reply.number}`, type: 'message', role: 'assistant' };
  const text = reply.content.join('');
  const place = { item_id: head.id, content_index: 0 };
  const part = { type: 'output_text', text, annotations: [] };
  return {
    whole: { ...head, content: [part], status: 'completed' },
    empty: { ...head, content: [], status: 'in_progress' },
    parts: [
      event('response.content_part.added', { ...place, part: { ...part, text: '' } }),
      ...reply.content.map((delta) =>
        event('response.output_text.delta', { ...place, delta, logprobs: [] }),
      ),
      event('response.output_text.done', { ...place, text, logprobs: [] }),
      event('response.content_part.done', { ...place, part }),
    ],
  };
}

function callItem(reply: MockReply, index: number): Item {
  const { name, arguments: text } = reply.toolCalls[index] ?? { name: '', arguments: '' };
  const id = `fc_${reply.number}_${index}`;
  const head = { id, type: 'function_call', call_id: callId(reply, index), name };
  const pieces = recut([text], { chunkChars: 5 });
  return {
    whole: { ...head, arguments: text, status: 'completed' },
    empty: { ...head, arguments: '', status: 'in_progress' },
    parts: [
      ...pieces.map((delta) =>
        event('response.function_call_arguments.delta', { item_id: id, delta }),
      ),
      event('response.function_call_arguments.done', { item_id: id, arguments: text }),
    ],
  };
}

function outcome({ finishReason }: MockReply): 'completed' | 'incomplete' | 'failed' {
  if (finishReason === 'insufficient_system_resource') return 'failed';
  return finishReason === 'length' || finishReason === 'content_filter'
    ? 'incomplete'
    : 'completed';
}

function response(reply: MockReply, status: string, output: readonly object[]): object {
  const over = status !== 'in_progress';
  const details = { length: 'max_output_tokens', content_filter: 'content_filter' };
  const reason = (details as Readonly<Record<string, string>>)[reply.finishReason];
  return {
    id: `resp_${String(reply.number).padStart(12, '0')}`,
    object: 'response',
    created_at: reply.created,
    status,
    error: status === 'failed' ? { code: 'server_error', message: reply.finishReason } : null,
    incomplete_details: status === 'incomplete' ? { reason } : null,
    model: reply.model,
    output,
    parallel_tool_calls: true,
    tool_choice: 'auto',
    tools: [],
    usage: over ? usage(reply) : null,
  };
}

function usage({ usage: { prompt, cached, completion, reasoning } }: MockReply): object {
  return {
    input_tokens: prompt,
    input_tokens_details: { cached_tokens: cached },
    output_tokens: completion,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: prompt + completion,
  };
}
