import type { MockReading } from './mock-deepseek-chat.ts';
import { mockError, type MockError } from './mock-deepseek-error.ts';
import { fieldsOf, listOf, textOf, type Fields } from './mock-deepseek-fields.ts';

type Check = (body: Fields, reading: CheckedReading) => MockError | undefined;
type CheckedReading = MockReading & { readonly thinking: boolean };

/** What DeepSeek objects to in a chat request whose model and messages are there; other servers take nearly anything. */
export function chatObjection(body: Fields, reading: CheckedReading): MockError | undefined {
  const checks = reading.dialect === 'deepseek' ? [...everywhere, ...onlyDeepseek] : everywhere;
  for (const check of checks) {
    const objection = check(body, reading);
    if (objection !== undefined) return objection;
  }
  return undefined;
}

/** Whether a `user_id` is one that DeepSeek takes. */
export function isUserId(value: unknown): boolean {
  return typeof value === 'string' && /^[A-Za-z0-9_-]{0,512}$/.test(value);
}

const ranges: Readonly<Record<string, readonly [number, number]>> = {
  temperature: [0, 2],
  top_p: [0, 1],
  max_tokens: [1, 393_216],
  frequency_penalty: [-2, 2],
  presence_penalty: [-2, 2],
  top_logprobs: [0, 20],
};
const roles = ['system', 'user', 'assistant', 'tool'];

const messagesOf = (body: Fields): readonly Fields[] => listOf(body.messages);
const callsOf = (message: Fields): readonly Fields[] =>
  message.role === 'assistant' ? listOf(message.tool_calls) : [];

/** Messages of the assistant by turns: what stands between two messages of a user. */
function turnsOf(body: Fields): readonly (readonly Fields[])[] {
  const turns: Fields[][] = [[]];
  for (const message of messagesOf(body)) {
    if (message.role === 'user') turns.push([]);
    else if (message.role === 'assistant') turns.at(-1)?.push(message);
  }
  return turns;
}

/** A turn with tool calls has to come back with all of its reasoning; R1 of old took none at all. */
const reasoningRule: Check = (body, { reasoningInput, thinking, dialect }) => {
  const rule = reasoningInput ?? (dialect === 'deepseek' ? 'require' : 'ignore');
  const lacks = (turn: readonly Fields[]): boolean =>
    turn.some((message) => callsOf(message).length > 0) &&
    turn.some((message) => typeof message.reasoning_content !== 'string');
  if (rule === 'require' && thinking && turnsOf(body).some(lacks)) {
    const text = 'The `reasoning_content` in the thinking mode must be passed back to the API.';
    return mockError(400, text);
  }
  const refused = rule === 'refuse' && messagesOf(body).some((one) => 'reasoning_content' in one);
  return refused
    ? mockError(400, 'The `reasoning_content` is an intermediate result. Please remove it.')
    : undefined;
};

const toolResults: Check = (body) => {
  const open = new Set<unknown>();
  for (const message of messagesOf(body)) {
    if (message.role === 'tool') {
      if (!open.delete(message.tool_call_id)) {
        const text =
          "Messages with role 'tool' must be a response to a preceding message with 'tool_calls'";
        return mockError(400, text);
      }
    } else if (open.size > 0) {
      return mockError(400, 'An assistant message with tool calls lacks some of their results');
    }
    for (const call of callsOf(message)) open.add(call.id);
  }
  return open.size > 0
    ? mockError(400, 'An assistant message with tool calls lacks some of their results')
    : undefined;
};

const numbers: Check = (body) => {
  for (const [name, [low, high]] of Object.entries(ranges)) {
    const value = body[name] ?? undefined;
    if (value === undefined) continue;
    if (typeof value !== 'number') return mockError(422, `${name}: invalid type`);
    if (value < low || value > high) {
      return mockError(400, `Invalid ${name} value, the valid range is [${low}, ${high}]`);
    }
  }
  return undefined;
};

const rolesKnown: Check = (body) => {
  const index = messagesOf(body).findIndex(({ role }) => !roles.includes(String(role)));
  if (index === -1) return undefined;
  return mockError(422, `messages[${index}].role: expected one of ${roles.join(', ')}`);
};

const jsonAsked: Check = (body) => {
  const { type } = fieldsOf(body.response_format);
  if (type === undefined || type === 'text') return undefined;
  if (type !== 'json_object') return mockError(400, 'This response_format type is unavailable now');
  const said = messagesOf(body).some(({ content }) => /json/i.test(textOf(content)));
  return said ? undefined : mockError(400, "Prompt must contain the word 'json' for json_object");
};

const userId: Check = ({ user_id: user }) =>
  user === undefined || isUserId(user) ? undefined : mockError(400, 'Invalid user_id');

const toolsTaken: Check = (body) =>
  listOf(body.tools).length > 128 ? mockError(400, 'At most 128 tools are supported') : undefined;

const prefixInBeta: Check = (body, { beta }) =>
  messagesOf(body).some(({ prefix }) => prefix === true) && !beta
    ? mockError(400, 'prefix is only available with the beta base')
    : undefined;

const everywhere: readonly Check[] = [reasoningRule];
const onlyDeepseek: readonly Check[] = [
  rolesKnown,
  numbers,
  toolResults,
  jsonAsked,
  userId,
  toolsTaken,
  prefixInBeta,
];
