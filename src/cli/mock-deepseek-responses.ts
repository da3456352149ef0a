import { toolOf, unknownModel, type MockChat, type MockReading } from './mock-deepseek-chat.ts';
import { mockError, type MockError } from './mock-deepseek-error.ts';
import { fieldsOf, isFields, listOf, textOf, type Fields } from './mock-deepseek-fields.ts';
import { mockModel } from './mock-deepseek-model-name.ts';
import type { MockToolUse } from './mock-deepseek-tool.ts';

/** Reads a request of the Responses API, or says what the server would object to. */
export function readResponses(body: unknown, reading: MockReading): MockChat | MockError {
  if (!isFields(body)) return mockError(400, 'Failed to parse the request body as JSON');
  const { model, input } = body;
  if (typeof model !== 'string') return mockError(422, 'missing field `model`');
  const known = mockModel(model, reading);
  if (known === undefined) return unknownModel(model, reading.dialect);
  if (typeof input !== 'string' && !Array.isArray(input)) {
    return mockError(422, 'missing field `input`');
  }
  const items = typeof input === 'string' ? [{ content: input }] : listOf(input);
  const texts = [textOf(body.instructions), ...items.map(textOfItem)];
  const limit = body.max_output_tokens;
  const json = jsonWish(fieldsOf(fieldsOf(body.text).format));
  return {
    model: known.name,
    stream: body.stream === true,
    includeUsage: true,
    thinking: known.thinking ?? fieldsOf(body.reasoning).effort !== 'none',
    maxTokens: typeof limit === 'number' ? limit : Number.POSITIVE_INFINITY,
    question: texts.at(-1) ?? '',
    prompt: texts.join('\n'),
    tools: {
      tools: listOf(body.tools).flatMap(toolOf),
      choice: choiceOf(body.tool_choice),
      answered: fieldsOf(items.at(-1)).type === 'function_call_output',
    },
    ...(json === undefined ? {} : { json }),
  };
}

function textOfItem(item: Fields): string {
  return typeof item.output === 'string' ? item.output : textOf(item.content);
}

function choiceOf(choice: unknown): MockToolUse['choice'] {
  if (choice === 'none' || choice === 'required') return choice;
  const { name } = fieldsOf(choice);
  return typeof name === 'string' ? { name } : 'auto';
}

function jsonWish({ type, schema }: Fields): Fields | undefined {
  if (type === 'json_object') return {};
  return type === 'json_schema' ? fieldsOf(schema) : undefined;
}
