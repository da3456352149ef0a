import { isUserId } from './mock-deepseek-chat-check.ts';
import { toolOf, unknownModel, type MockChat, type MockReading } from './mock-deepseek-chat.ts';
import { mockError, type MockError } from './mock-deepseek-error.ts';
import { fieldsOf, isFields, listOf, textOf, type Fields } from './mock-deepseek-fields.ts';
import { mockModel } from './mock-deepseek-model-name.ts';
import type { MockToolUse } from './mock-deepseek-tool.ts';

/** Reads a request of the Anthropic API, or says what the server would object to. */
export function readMessages(body: unknown, reading: MockReading): MockChat | MockError {
  if (!isFields(body)) return mockError(400, 'Failed to parse the request body as JSON');
  const { model } = body;
  if (typeof model !== 'string') return mockError(422, 'missing field `model`');
  const known = mockModel(model, reading, true);
  if (known === undefined) return unknownModel(model, reading.dialect);
  const messages = listOf(body.messages);
  if (messages.length === 0) return mockError(422, 'missing field `messages`');
  const thinking = known.thinking ?? fieldsOf(body.thinking).type !== 'disabled';
  const objection = messagesObjection(body, thinking && reading.dialect === 'deepseek');
  if (objection !== undefined) return objection;
  const last = listOf(messages.at(-1)?.content);
  const texts = [textOf(body.system), ...messages.map(({ content }) => textOf(content))];
  return {
    model: known.name,
    stream: body.stream === true,
    includeUsage: true,
    thinking,
    maxTokens: typeof body.max_tokens === 'number' ? body.max_tokens : Number.POSITIVE_INFINITY,
    question: texts.at(-1) ?? '',
    prompt: texts.join('\n'),
    tools: {
      tools: listOf(body.tools).flatMap(({ name, input_schema: schema }) =>
        toolOf({ name, parameters: schema }),
      ),
      choice: choiceOf(fieldsOf(body.tool_choice)),
      answered: last.some(({ type }) => type === 'tool_result'),
    },
  };
}

function choiceOf({ type, name }: Fields): MockToolUse['choice'] {
  if (type === 'none') return 'none';
  if (type === 'any') return 'required';
  return type === 'tool' && typeof name === 'string' ? { name } : 'auto';
}

function messagesObjection(body: Fields, strict: boolean): MockError | undefined {
  const { user_id: user } = fieldsOf(body.metadata);
  if (user !== undefined && !isUserId(user)) return mockError(400, 'Invalid metadata.user_id');
  const lost = listOf(body.messages).some(({ role, content }) => {
    const blocks = listOf(content).map(({ type }) => type);
    return role === 'assistant' && blocks.includes('tool_use') && !blocks.includes('thinking');
  });
  if (!strict || !lost) return undefined;
  const text = 'The `content[].thinking` in the thinking mode must be passed back to the API.';
  return mockError(400, text);
}
