import { unknownModel, type MockChat, type MockReading } from './mock-deepseek-chat.ts';
import type { MockChatWish } from './mock-deepseek-chat-form.ts';
import { chatStyles } from './mock-deepseek-chat-style.ts';
import { mockError, refusalBody, type MockError } from './mock-deepseek-error.ts';
import { fieldsOf, isFields } from './mock-deepseek-fields.ts';
import type { MockForm } from './mock-deepseek-form.ts';
import { mockModel } from './mock-deepseek-model-name.ts';
import type { MockReply } from './mock-deepseek-reply.ts';

/** Reads a request for text completion (at DeepSeek: fill in the middle, on the beta base only). */
export function readCompletion(body: unknown, reading: MockReading): MockChat | MockError {
  if (!isFields(body)) return mockError(400, 'Failed to parse the request body as JSON');
  if (reading.dialect === 'deepseek' && !reading.beta) {
    return mockError(400, 'The completions API is only available with the beta base');
  }
  const { model, prompt, suffix } = body;
  if (typeof model !== 'string') return mockError(422, 'missing field `model`');
  const known = mockModel(model, reading);
  if (known === undefined) return unknownModel(model, reading.dialect);
  if (typeof prompt !== 'string') return mockError(422, 'missing field `prompt`');
  return {
    model: known.name,
    stream: body.stream === true,
    includeUsage: fieldsOf(body.stream_options).include_usage === true,
    thinking: false,
    maxTokens: typeof body.max_tokens === 'number' ? body.max_tokens : Number.POSITIVE_INFINITY,
    question: prompt,
    prompt: typeof suffix === 'string' ? `${prompt}\n${suffix}` : prompt,
  };
}

/** Text completions: the text stands in the choice itself. */
export function completionForm({ dialect, chat, behaviour }: MockChatWish): MockForm {
  const style = chatStyles[dialect];
  const withUsage = behaviour.usage !== false;
  const part = (reply: MockReply, text: string, reason: string | null, rest: object): object => ({
    ...style.frame(reply, 'text_completion'),
    choices: [{ index: 0, text, logprobs: null, finish_reason: reason }],
    ...rest,
  });
  return {
    done: true,
    document: (reply) =>
      part(reply, reply.content.join(''), reply.finishReason, style.usage(reply.usage)),
    events: (reply) => {
      const own = withUsage ? style.usage(reply.usage) : {};
      const unasked = style.usageUnasked && !chat.includeUsage;
      return [
        ...reply.content.map((text) => ({ data: part(reply, text, null, {}) })),
        { data: part(reply, '', reply.finishReason, unasked ? own : {}) },
        ...(chat.includeUsage
          ? [{ data: { ...style.frame(reply, 'text_completion'), choices: [], ...own } }]
          : []),
      ];
    },
    refusal: (error) => refusalBody(error, dialect),
    failure: (error) => ({ data: refusalBody(error, dialect) }),
  };
}
