import type { MockChat } from './mock-deepseek-chat.ts';
import { chatStyles, type MockChatStyle } from './mock-deepseek-chat-style.ts';
import type { MockDialect } from './mock-deepseek-dialect.ts';
import { refusalBody } from './mock-deepseek-error.ts';
import type { MockEvent, MockForm } from './mock-deepseek-form.ts';
import { recut, type MockReply } from './mock-deepseek-reply.ts';
import type { MockBehaviour } from './mock-deepseek-rule.ts';

/** What of the request and the script shapes a chat, apart from what is said. */
export interface MockChatWish {
  readonly dialect: MockDialect;
  readonly chat: Pick<MockChat, 'includeUsage' | 'continuousUsage'>;
  readonly behaviour: Pick<MockBehaviour, 'usage' | 'chunkChars'>;
}

/** Chat completions as the server of a dialect writes them. */
export function chatForm(wish: MockChatWish): MockForm {
  const style = chatStyles[wish.dialect];
  return {
    done: true,
    document: (reply) => completion(reply, style, wish.behaviour),
    events: (reply) => chunks(reply, style, wish),
    refusal: (error) => refusalBody(error, wish.dialect),
    failure: (error) => ({ data: fieldOfError(refusalBody(error, wish.dialect)) }),
  };
}

/** In a stream even those who refuse with a bare error wrap it. */
function fieldOfError(body: object): object {
  return 'error' in body ? body : { error: body };
}

function completion(
  reply: MockReply,
  style: MockChatStyle,
  { usage }: Pick<MockBehaviour, 'usage'>,
): object {
  const spoken = spokenPieces(reply, {});
  const join = (kind: Piece['kind']): string =>
    spoken.map((piece) => (piece.kind === kind ? piece.text : '')).join('');
  const calls = reply.toolCalls.map((call, index) => ({
    ...(style.wholeCalls ? {} : { index }),
    id: callId(reply, index),
    type: 'function',
    function: call,
  }));
  const message = {
    role: 'assistant',
    content: join('content'),
    ...(reply.reasoning.length > 0 ? reasoningFields(reply, join('reasoning')) : {}),
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  };
  const choice = { index: 0, message, logprobs: null, finish_reason: reply.finishReason };
  return {
    ...style.frame(reply, 'chat.completion'),
    choices: [choice],
    ...(usage === false ? {} : style.usage(reply.usage)),
  };
}

function chunks(reply: MockReply, style: MockChatStyle, wish: MockChatWish): readonly MockEvent[] {
  const asked = wish.chat.includeUsage;
  const withUsage = wish.behaviour.usage !== false;
  const own = style.usage(reply.usage);
  const each = wish.chat.continuousUsage === true && style.continuousUsage ? own : {};
  const none = style.nullUsage(asked);
  const chunk = (delta: object, reason: string | null, rest: object = { ...none, ...each }) => ({
    data: {
      ...style.frame(reply, 'chat.completion.chunk'),
      choices: [style.choice(delta, reason)],
      ...rest,
    },
  });
  const unasked = style.usageUnasked && !asked && withUsage;
  return [
    ...(style.first === undefined ? [] : [chunk(style.first, null)]),
    ...spokenPieces(reply, wish.behaviour).map((piece) =>
      chunk(deltaOf(piece, style, reply), null),
    ),
    ...callDeltas(reply, style).map((delta) => chunk(style.delta(delta), null)),
    chunk(style.last, reply.finishReason, unasked ? own : none),
    ...(asked && withUsage
      ? [{ data: { ...style.frame(reply, 'chat.completion.chunk'), choices: [], ...own } }]
      : []),
  ];
}

interface Piece {
  readonly kind: 'reasoning' | 'content';
  readonly text: string;
}

/** What is said, piece by piece; reasoning without a field of its own is content between tags. */
function spokenPieces(
  reply: MockReply,
  behaviour: Pick<MockBehaviour, 'chunkChars'>,
): readonly Piece[] {
  const { reasoning, content, reasoningForm } = reply;
  const pieces = (kind: Piece['kind'], texts: readonly string[]): readonly Piece[] =>
    texts.map((text) => ({ kind, text }));
  if (reasoning.length === 0) return pieces('content', content);
  if (reasoningForm !== 'tags' && reasoningForm !== 'implicit') {
    return [...pieces('reasoning', reasoning), ...pieces('content', content)];
  }
  const opening = reasoningForm === 'tags' ? ['<think>', '\n'] : [];
  const all = [...opening, ...reasoning, '\n', '</think>', '\n\n', ...content];
  return pieces('content', recut(all, behaviour));
}

function deltaOf({ kind, text }: Piece, style: MockChatStyle, reply: MockReply): object {
  return style.delta(kind === 'content' ? { content: text } : reasoningFields(reply, text));
}

function reasoningFields({ reasoningForm }: MockReply, text: string): object {
  if (reasoningForm === 'reasoning') return { reasoning: text };
  if (reasoningForm === 'both') return { reasoning: text, reasoning_content: text };
  return reasoningForm === 'reasoning_content' ? { reasoning_content: text } : {};
}

/** A call begins with its name; the arguments come in pieces, but from those who know the call as a whole only. */
function callDeltas(reply: MockReply, { wholeCalls }: MockChatStyle): readonly object[] {
  return reply.toolCalls.flatMap((call, index) => {
    const head = { index, id: callId(reply, index), type: 'function' };
    if (wholeCalls) return [{ tool_calls: [{ ...head, function: call }] }];
    const pieces = recut([call.arguments], { chunkChars: 5 });
    return [
      { tool_calls: [{ ...head, function: { name: call.name, arguments: '' } }] },
      ...pieces.map((text) => ({ tool_calls: [{ index, function: { arguments: text } }] })),
    ];
  });
}

/** The id of a call, the same in all forms of an answer. */
export function callId({ number }: MockReply, index: number): string {
  return `call_${String(index).padStart(2, '0')}_${String(number).padStart(12, '0')}`;
}
