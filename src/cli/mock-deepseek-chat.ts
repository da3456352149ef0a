import { mockError, type MockError } from './mock-deepseek-error.ts';

/** What of a chat request decides the answer. */
export interface MockChat {
  readonly model: string;
  readonly stream: boolean;
  readonly includeUsage: boolean;
  readonly thinking: boolean;
  readonly maxTokens: number;
  /** Text of the last message. */
  readonly question: string;
  /** Text of all messages. */
  readonly prompt: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** Reads a chat request, or says what DeepSeek would object to. */
export function readChat(body: unknown, models: readonly string[]): MockChat | MockError {
  if (!isFields(body)) return mockError(400, 'Failed to parse the request body as JSON');
  const { model, messages } = body;
  if (typeof model !== 'string') return mockError(422, 'missing field `model`');
  if (!models.includes(model)) return mockError(400, 'Model Not Exist');
  if (!Array.isArray(messages) || messages.length === 0 || !messages.every(isFields)) {
    return mockError(422, 'missing field `messages`');
  }
  const thinking = !isFields(body.thinking) || body.thinking.type !== 'disabled';
  if (thinking && messages.some(lostReasoning)) {
    const text = 'The `reasoning_content` in the thinking mode must be passed back to the API.';
    return mockError(400, text);
  }
  const texts = messages.map((message) => textOf(message.content));
  const options = isFields(body.stream_options) ? body.stream_options : {};
  return {
    model,
    stream: body.stream === true,
    includeUsage: options.include_usage === true,
    thinking,
    maxTokens: typeof body.max_tokens === 'number' ? body.max_tokens : Number.POSITIVE_INFINITY,
    question: texts.at(-1) ?? '',
    prompt: texts.join('\n'),
  };
}

/** A turn with tool calls has to come back with the reasoning that led to them. */
function lostReasoning(message: Fields): boolean {
  const calls = message.role === 'assistant' && Array.isArray(message.tool_calls);
  return calls && typeof message.reasoning_content !== 'string';
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .map((part: unknown) => (isFields(part) && typeof part.text === 'string' ? part.text : ''))
    .join('');
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
