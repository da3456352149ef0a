import { callId } from './mock-deepseek-chat-form.ts';
import type { MockError } from './mock-deepseek-error.ts';
import type { MockEvent, MockForm } from './mock-deepseek-form.ts';
import { recut, type MockReply } from './mock-deepseek-reply.ts';

/** The Anthropic API: content blocks, named events, no `[DONE]`. */
export const messagesForm: MockForm = {
  done: false,
  document: (reply) => ({
    ...message(reply),
    content: blocks(reply).map(({ whole }) => whole),
    stop_reason: stopReason(reply),
    usage: usage(reply),
  }),
  events: (reply) => [
    event('message_start', {
      message: { ...message(reply), usage: { ...usage(reply), output_tokens: 0 } },
    }),
    event('ping', {}),
    ...blocks(reply).flatMap(blockEvents),
    event('message_delta', {
      delta: { stop_reason: stopReason(reply), stop_sequence: null },
      usage: usage(reply),
    }),
    event('message_stop', {}),
  ],
  refusal: (error) => ({ type: 'error', error: errorOf(error) }),
  failure: (error) => event('error', { error: errorOf(error) }),
};

interface Block {
  readonly whole: object;
  readonly empty: object;
  readonly deltas: readonly object[];
}

function event(name: string, rest: object): MockEvent {
  return { name, data: { type: name, ...rest } };
}

function message(reply: MockReply): object {
  return {
    id: `msg_${String(reply.number).padStart(12, '0')}`,
    type: 'message',
    role: 'assistant',
    model: reply.model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
  };
}

function blocks(reply: MockReply): readonly Block[] {
  const signature = `sig-${reply.number}`;
  const thinking = reply.reasoning.join('');
  const text = reply.content.join('');
  const thought: Block = {
    whole: { type: 'thinking', thinking, signature },
    empty: { type: 'thinking', thinking: '', signature: '' },
    deltas: [
      ...reply.reasoning.map((piece) => ({ type: 'thinking_delta', thinking: piece })),
      { type: 'signature_delta', signature },
    ],
  };
  const said: Block = {
    whole: { type: 'text', text },
    empty: { type: 'text', text: '' },
    deltas: reply.content.map((piece) => ({ type: 'text_delta', text: piece })),
  };
  return [
    ...(reply.reasoning.length > 0 ? [thought] : []),
    ...(reply.content.length > 0 ? [said] : []),
    ...reply.toolCalls.map((call, index): Block => {
      const head = { type: 'tool_use', id: callId(reply, index), name: call.name };
      const pieces = recut([call.arguments], { chunkChars: 5 });
      return {
        whole: { ...head, input: JSON.parse(call.arguments) as unknown },
        empty: { ...head, input: {} },
        deltas: pieces.map((json) => ({ type: 'input_json_delta', partial_json: json })),
      };
    }),
  ];
}

function blockEvents({ empty, deltas }: Block, index: number): readonly MockEvent[] {
  return [
    event('content_block_start', { index, content_block: empty }),
    ...deltas.map((delta) => event('content_block_delta', { index, delta })),
    event('content_block_stop', { index }),
  ];
}

const stopReasons: Readonly<Record<string, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  content_filter: 'refusal',
};

function stopReason({ finishReason }: MockReply): string {
  return stopReasons[finishReason] ?? finishReason;
}

/** Tokens from the cache are not among the input tokens here. */
function usage({ usage: { prompt, cached, completion } }: MockReply): object {
  return {
    input_tokens: prompt - cached,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: cached,
    output_tokens: completion,
  };
}

function errorOf({ status, body }: MockError): object {
  const overloaded = status === 503 || status === 529;
  return {
    type: overloaded ? 'overloaded_error' : body.error.type,
    message: body.error.message,
  };
}
