import { chatObjection } from './mock-deepseek-chat-check.ts';
import type { MockDialect } from './mock-deepseek-dialect.ts';
import { mockError, type MockError } from './mock-deepseek-error.ts';
import { fieldsOf, isFields, listOf, textOf, type Fields } from './mock-deepseek-fields.ts';
import { mockModel, type MockNames } from './mock-deepseek-model-name.ts';
import type { MockTool, MockToolUse } from './mock-deepseek-tool.ts';

/** What of a request decides the answer, whatever the endpoint. */
export interface MockChat {
  /** The model that answers and is billed. */
  readonly model: string;
  readonly stream: boolean;
  readonly includeUsage: boolean;
  /** Usage in every chunk (vLLM's `continuous_usage_stats`). */
  readonly continuousUsage?: boolean;
  readonly thinking: boolean;
  readonly maxTokens: number;
  /** Text of the last message. */
  readonly question: string;
  /** Text of all messages. */
  readonly prompt: string;
  readonly tools?: MockToolUse;
  /** The schema that the answer has to fit; an empty one for JSON of any kind. */
  readonly json?: Fields;
  /** The client wants reasoning in the content (SGLang's `separate_reasoning: false`, llama.cpp's `reasoning_format: none`). */
  readonly inContent?: boolean;
}

/** What reading a request depends on. */
export interface MockReading extends MockNames {
  /** The base with features that are not final. */
  readonly beta?: boolean;
  readonly reasoningInput?: 'require' | 'ignore' | 'refuse';
}

/** Reads a chat request, or says what the server would object to. */
export function readChat(body: unknown, reading: MockReading): MockChat | MockError {
  if (!isFields(body)) return mockError(400, 'Failed to parse the request body as JSON');
  const { model, messages } = body;
  if (typeof model !== 'string') return mockError(422, 'missing field `model`');
  const known = mockModel(model, reading);
  if (known === undefined) return unknownModel(model, reading.dialect);
  if (!Array.isArray(messages) || messages.length === 0 || !messages.every(isFields)) {
    return mockError(422, 'missing field `messages`');
  }
  const thinking = known.thinking ?? thinks(body, reading.dialect);
  const objection = chatObjection(body, { ...reading, thinking });
  if (objection !== undefined) return objection;
  const texts = messages.map((message) => textOf(message.content));
  const options = fieldsOf(body.stream_options);
  const limit = body.max_completion_tokens ?? body.max_tokens;
  const json = jsonWish(fieldsOf(body.response_format));
  return {
    model: known.name,
    stream: body.stream === true,
    includeUsage: options.include_usage === true,
    continuousUsage: options.continuous_usage_stats === true,
    thinking,
    maxTokens: typeof limit === 'number' ? limit : Number.POSITIVE_INFINITY,
    question: texts.at(-1) ?? '',
    prompt: texts.join('\n'),
    tools: {
      tools: listOf(body.tools).flatMap((tool) => toolOf(fieldsOf(tool.function))),
      choice: choiceOf(body.tool_choice),
      answered: messages.at(-1)?.role === 'tool',
    },
    ...(json === undefined ? {} : { json }),
    inContent: body.separate_reasoning === false || body.reasoning_format === 'none',
  };
}

/** The refusal of a model that the server does not have. */
export function unknownModel(model: string, dialect: MockDialect): MockError {
  if (dialect === 'deepseek') return mockError(400, 'Model Not Exist');
  if (dialect === 'ollama') return mockError(404, `model "${model}" not found`);
  return mockError(404, `The model \`${model}\` does not exist.`);
}

/** A tool of a request, by its name and the schema of its arguments. */
export function toolOf({ name, parameters }: Fields): readonly MockTool[] {
  return typeof name === 'string' ? [{ name, schema: fieldsOf(parameters) }] : [];
}

function choiceOf(choice: unknown): MockToolUse['choice'] {
  if (choice === 'none' || choice === 'required') return choice;
  const { name } = fieldsOf(fieldsOf(choice).function);
  return typeof name === 'string' ? { name } : 'auto';
}

function jsonWish(format: Fields): Fields | undefined {
  if (format.type === 'json_object') return {};
  return format.type === 'json_schema' ? fieldsOf(fieldsOf(format.json_schema).schema) : undefined;
}

/** Whether the model thinks: every server has a switch of its own. */
function thinks(body: Fields, dialect: MockDialect): boolean {
  if (dialect === 'deepseek') return fieldsOf(body.thinking).type !== 'disabled';
  if (dialect === 'ollama') return body.reasoning_effort !== 'none' && body.think !== false;
  const template = fieldsOf(body.chat_template_kwargs);
  return template.thinking !== false && template.enable_thinking !== false;
}
