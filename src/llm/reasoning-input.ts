import type { LlmBackend, ReasoningInput } from '../ir/llm.ts';
import { changedMembers, takenOut, type MemberChange, type Splice } from './body-splices.ts';
import { engineOf } from '../ir/engine-of.ts';
import { knownMembers, stringAt, wordAt } from './json-key.ts';
import { readInnerList, readInnerObject, type JsonMember, type JsonPlace } from './json-object.ts';
import type { ModelRequest } from './model-request.ts';

/** The rule of a server: as configured, else PAD for DeepSeek, which refuses turns with tool calls whose reasoning is missing. */
export function reasoningInputOf(settings: LlmBackend): ReasoningInput {
  return settings.reasoningInput ?? (engineOf(settings) === 'DEEPSEEK' ? 'PAD' : 'KEEP');
}

/** What a server gets of reasoning that clients send back with the conversation. */
export function reasoningSplices(request: ModelRequest, rule: ReasoningInput): readonly Splice[] {
  if (rule === 'KEEP' || !mayConcern(request, rule)) return [];
  const { endpoint } = request;
  if (endpoint === 'chat')
    return messagesOf(request, 'messages').flatMap(chatSplices(request, rule));
  if (rule === 'PAD') return [];
  if (endpoint === 'messages') return messagesOf(request, 'messages').flatMap(blocksOf(request));
  return endpoint === 'responses' ? itemSplices(request) : [];
}

/**
 * Most conversations have nothing of it, which is seen at a glance. Who hides a name behind escapes gets no help, and may
 * be refused by the server.
 */
function mayConcern({ body, fields }: ModelRequest, rule: ReasoningInput): boolean {
  if (rule === 'PAD') return fields.has('tools') || body.includes('"tool_calls"');
  return body.includes('reasoning') || body.includes('thinking');
}

function messagesOf({ body, fields }: ModelRequest, name: string): readonly JsonPlace[] {
  const member = fields.get(name);
  return (member && readInnerList(body, member.from)) ?? [];
}

const chatNames = new Set(['role', 'prefix', 'reasoning_content', 'reasoning']);

/** In messages of the assistant alone. */
function chatSplices(
  { body }: ModelRequest,
  rule: ReasoningInput,
): (message: JsonPlace) => readonly Splice[] {
  return ({ from }) => {
    const object = readInnerObject(body, from);
    const known = object && knownMembers(body, object, chatNames);
    if (object === undefined || known === undefined || 'twin' in known) return [];
    const role = known.get('role');
    if (role === undefined || stringAt(body, role) !== 'assistant') return [];
    return changedMembers(object, rule === 'STRIP' ? stripped(known) : padded(body, known));
  };
}

type Known = ReadonlyMap<string, JsonMember>;

function stripped(known: Known): MemberChange[] {
  return ['reasoning_content', 'reasoning'].map((name) => ({
    name,
    member: known.get(name),
    value: undefined,
  }));
}

/**
 * DeepSeek refuses a turn with tool calls of which any message comes back without, its last one too, and looks at no other
 * turn; reasoning under the other name goes under its own. What the server is to go on with stays as it is.
 */
function padded(body: Buffer, known: Known): MemberChange[] {
  const prefix = known.get('prefix');
  if (prefix !== undefined && wordAt(body, prefix) === true) return [];
  const member = known.get('reasoning_content');
  if (member !== undefined && wordAt(body, member) !== null) return [];
  const other = known.get('reasoning');
  const value = textAt(body, other) ?? '""';
  return [{ name: 'reasoning_content', member, value }];
}

/** The JSON text of a string. */
function textAt(body: Buffer, place: JsonPlace | undefined): string | undefined {
  if (place === undefined || body[place.from] !== 0x22) return undefined;
  return body.toString('utf8', place.from, place.to);
}

const blockTypes = new Set(['thinking', 'redacted_thinking']);

/** Blocks of thinking in a message of Anthropic's API. */
function blocksOf({ body }: ModelRequest): (message: JsonPlace) => readonly Splice[] {
  return ({ from }) => {
    const object = readInnerObject(body, from);
    const known = object && knownMembers(body, object, contentNames);
    if (known === undefined || 'twin' in known) return [];
    const content = known.get('content');
    return content === undefined ? [] : withoutTypes(body, content, blockTypes);
  };
}

const contentNames = new Set(['content']);
const itemTypes = new Set(['reasoning']);

/** Items of reasoning in the input of the Responses API. */
function itemSplices({ body, fields }: ModelRequest): readonly Splice[] {
  const input = fields.get('input');
  return input === undefined ? [] : withoutTypes(body, input, itemTypes);
}

const typeNames = new Set(['type']);

function withoutTypes(
  body: Buffer,
  { from }: JsonPlace,
  types: ReadonlySet<string>,
): readonly Splice[] {
  const elements = readInnerList(body, from) ?? [];
  const goes = elements.map((element) => types.has(typeOf(body, element)));
  return takenOut(elements, (index) => goes[index] === true);
}

function typeOf(body: Buffer, { from }: JsonPlace): string {
  const object = readInnerObject(body, from);
  const known = object && knownMembers(body, object, typeNames);
  if (known === undefined || 'twin' in known) return '';
  const type = known.get('type');
  return (type && stringAt(body, type)) ?? '';
}
