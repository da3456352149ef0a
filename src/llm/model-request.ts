import { foldedKey, keyOf, knownMembers, stringAt, wordAt } from './json-key.ts';
import {
  readInnerList,
  readInnerObject,
  readJsonObject,
  type JsonMember,
  type JsonObjectText,
} from './json-object.ts';
import type { ModelEndpoint } from './model-endpoint.ts';

/** A request for a model, with its body as the client sent it. */
export interface ModelRequest {
  readonly endpoint: ModelEndpoint;
  readonly body: Buffer;
  readonly object: JsonObjectText;
  /** Members that the gateway knows, by name. */
  readonly fields: ReadonlyMap<string, JsonMember>;
  /** As the client wrote it; undefined: it did not. */
  readonly model: string | undefined;
  /** The answer is to come in pieces. */
  readonly stream: boolean;
  /** The client wants to see how many tokens a stream took. */
  readonly asksUsage: boolean;
  /** It names more models than one: for servers that choose among them, or for tools that the server runs. */
  readonly namesOthers: boolean;
}

/** A body that is not read in one way only, or not at all. */
export interface ModelRefusal {
  readonly message: string;
}

/** What the gateway or a guard reads: by two readers of one body it must not be read in two ways. */
const names: ReadonlySet<string> = new Set([
  'model',
  'stream',
  'stream_options',
  'messages',
  'prompt',
  'input',
  'system',
  'instructions',
  'suffix',
  'tools',
  'metadata',
  'user_id',
  'thinking',
  'reasoning',
  'reasoning_effort',
  'max_tokens',
  'n',
  'response_format',
  'models',
  'fallbacks',
  'lora_path',
]);
/** Members beside `model` by which one server or another chooses a model, or gets a whole body to put over this one. */
const otherModels =
  /model|fallback|^(?:lora_path|adapter_id|preset|extra_body|user_config|provideroptions)$/;

/** Reads what the gateway has to know of a body; nothing of the body is in the message of a refusal. */
export function readModelRequest(
  endpoint: ModelEndpoint,
  body: Buffer,
): ModelRequest | ModelRefusal {
  const object = readJsonObject(body);
  if (object === undefined)
    return { message: 'The request body has to be a JSON object in UTF-8.' };
  const fields = knownMembers(body, object, names);
  if ('twin' in fields) return twice(fields.twin);
  const model = fields.get('model');
  const name = model && stringAt(body, model);
  if (model !== undefined && (name === undefined || name === '')) {
    return { message: '`model` has to be the name of a model.' };
  }
  const stream = flagOf(body, fields.get('stream'));
  if (stream === undefined) return { message: '`stream` has to be true or false.' };
  const asksUsage = usageAsked(body, fields.get('stream_options'));
  if (typeof asksUsage !== 'boolean') return asksUsage;
  const fault = metadataFault(body, fields.get('metadata'));
  if (fault !== undefined) return fault;
  const namesOthers = hasOtherModels(body, object) || toolsNameModels(body, fields.get('tools'));
  return { endpoint, body, object, fields, model: name, stream, asksUsage, namesOthers };
}

function hasOtherModels(body: Buffer, { members }: JsonObjectText): boolean {
  return members.some((member) => {
    const name = foldedKey(keyOf(body, member));
    return name !== 'model' && otherModels.test(name);
  });
}

function twice(name: string): ModelRefusal {
  return { message: `The request body names \`${name}\` more than once or oddly.` };
}

/** False where it is absent or null; undefined where it is no flag. */
function flagOf(body: Buffer, member: JsonMember | undefined): boolean | undefined {
  if (member === undefined) return false;
  const word = wordAt(body, member);
  return word === null ? false : word;
}

const usageNames = new Set(['include_usage']);

function usageAsked(body: Buffer, member: JsonMember | undefined): boolean | ModelRefusal {
  if (member === undefined || wordAt(body, member) === null) return false;
  const options = readInnerObject(body, member.from);
  if (options === undefined) return { message: '`stream_options` has to be an object.' };
  const fields = knownMembers(body, options, usageNames);
  if ('twin' in fields) return twice(`stream_options.${fields.twin}`);
  const flag = flagOf(body, fields.get('include_usage'));
  return flag ?? { message: '`stream_options.include_usage` has to be true or false.' };
}

const toolNames = new Set(['model']);

/** Tools that a server runs itself may bill a model of their own, which stands beside their type. */
function toolsNameModels(body: Buffer, member: JsonMember | undefined): boolean {
  if (member === undefined || body[member.from] !== 0x5b) return false;
  const tools = readInnerList(body, member.from);
  // More than are read at all: nobody can say what they bill.
  if (tools === undefined) return true;
  return tools.some(({ from }) => {
    const tool = readInnerObject(body, from);
    if (tool === undefined) return false;
    const known = knownMembers(body, tool, toolNames);
    return 'twin' in known || known.has('model');
  });
}

const metadataNames = new Set(['user_id']);

function metadataFault(body: Buffer, member: JsonMember | undefined): ModelRefusal | undefined {
  if (member === undefined || wordAt(body, member) === null) return undefined;
  const metadata = readInnerObject(body, member.from);
  if (metadata === undefined) return { message: '`metadata` has to be an object.' };
  const fields = knownMembers(body, metadata, metadataNames);
  return 'twin' in fields ? twice(`metadata.${fields.twin}`) : undefined;
}
