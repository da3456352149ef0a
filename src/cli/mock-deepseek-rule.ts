import { load } from 'js-yaml';

import { AppError, messageOf } from '../base/errors.ts';
import { mockReasoningForms, type MockReasoningForm } from './mock-deepseek-dialect.ts';
import { isFields } from './mock-deepseek-fields.ts';

/** Ways to fail that HTTP statuses do not cover. */
const mockFaults = ['hang', 'reset', 'stall', 'truncate', 'malformed', 'error'] as const;
type MockFault = (typeof mockFaults)[number];

/** Which requests a rule is for; every member given has to fit. */
export interface MockMatch {
  /** Path without `/v1` and query. */
  readonly path?: string;
  readonly model?: string;
  readonly stream?: boolean;
  /** Text in the last message. */
  readonly contains?: string;
  /** The API key, of whichever header. */
  readonly key?: string;
}

/** How to answer. */
export interface MockBehaviour {
  /** An error with the body that DeepSeek documents for it. */
  readonly status?: number;
  /** Text of the error. `{key}` in it, as in all texts, is the key of the request. */
  readonly message?: string;
  /** Seconds, as a header of the error. */
  readonly retryAfter?: number;
  /** More headers of the response. */
  readonly headers?: Readonly<Record<string, string>>;
  /** `hang`: no answer ever. `reset`: the connection is cut, at once or after `afterChunks`. `stall`: comments only after `afterChunks`.
   * `truncate`: an end without `[DONE]` after `afterChunks`. `malformed`: text that is no JSON. `error`: the error of `status` (default
   * 500) after `afterChunks`, or as the document, when 200 was sent long ago. */
  readonly fault?: MockFault;
  readonly afterChunks?: number;
  /** Before the head of the response. */
  readonly delayMs?: number;
  /** Between head and first chunk: keep-alive comments, or blank lines before JSON. */
  readonly thinkMs?: number;
  /** Between two keep-alives. */
  readonly keepAliveMs?: number;
  readonly chunkDelayMs?: number;
  readonly reasoning?: string;
  readonly content?: string;
  /** Says the content so many times. */
  readonly repeat?: number;
  /** With `afterChunks` and without a fault the answer ends after so many tokens. */
  readonly finishReason?: string;
  /** Calls of tools, whether there are tools in the request or not. */
  readonly toolCalls?: readonly ScriptedCall[];
  readonly reasoningForm?: MockReasoningForm;
  /** Chunks of so many characters in place of words. */
  readonly chunkChars?: number;
  /** Writes of so many bytes, so that events and characters are split. */
  readonly pieceBytes?: number;
  /** Lines of a stream end in CR LF. */
  readonly crlf?: boolean;
  /** False: no usage, whatever the client asks for. */
  readonly usage?: boolean;
  /** False: a whole stream without `[DONE]`. */
  readonly done?: boolean;
}

interface ScriptedCall {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** One rule of a script: the first that fits a request decides. */
export interface MockRule extends MockBehaviour {
  readonly match?: MockMatch;
  /** How many requests the rule is good for. Default: all. */
  readonly times?: number;
}

type Check = (value: unknown) => boolean;
const isText: Check = (value) => typeof value === 'string';
const isCount: Check = (value) => Number.isInteger(value) && Number(value) >= 0;
const isStatus: Check = (value) => isCount(value) && Number(value) >= 400 && Number(value) <= 599;
const isFault: Check = (value) => mockFaults.some((fault) => fault === value);
const isSwitch: Check = (value) => typeof value === 'boolean';
const isSize: Check = (value) => isCount(value) && value !== 0;
const isHeaders: Check = (value) => isFields(value) && Object.values(value).every(isText);
const isCalls: Check = (value) =>
  Array.isArray(value) &&
  value.every((call) => isFields(call) && isText(call.name) && isFields(call.arguments));

const behaviourFields: Readonly<Record<keyof MockBehaviour, Check>> = {
  status: isStatus,
  message: isText,
  retryAfter: isCount,
  headers: isHeaders,
  fault: isFault,
  afterChunks: isCount,
  delayMs: isCount,
  thinkMs: isCount,
  keepAliveMs: isSize,
  chunkDelayMs: isCount,
  reasoning: isText,
  content: isText,
  repeat: isCount,
  finishReason: isText,
  toolCalls: isCalls,
  reasoningForm: (value) => mockReasoningForms.some((form) => form === value),
  chunkChars: isSize,
  pieceBytes: isSize,
  crlf: isSwitch,
  usage: isSwitch,
  done: isSwitch,
};
const matchFields: Readonly<Record<keyof MockMatch, Check>> = {
  path: isText,
  model: isText,
  stream: isSwitch,
  contains: isText,
  key: isText,
};
const ruleFields = {
  ...behaviourFields,
  match: (value: unknown) => typeof value === 'object' && value !== null,
  times: isCount,
};

/** A script from YAML or JSON: a list of rules. */
export function parseMockScript(text: string): readonly MockRule[] {
  let document: unknown;
  try {
    document = text.trim() === '' ? [] : load(text);
  } catch (thrown) {
    throw new AppError('ERR_USAGE', `script: ${messageOf(thrown)}`, thrown);
  }
  if (!Array.isArray(document)) throw new AppError('ERR_USAGE', 'script: accepted a list of rules');
  return document.map((rule: unknown, index) => {
    const path = `script[${index}]`;
    const checked = checkFields(path, rule, ruleFields);
    if ('match' in checked) checkFields(`${path}.match`, checked.match, matchFields);
    return checked;
  });
}

/** The behaviour that a client asks for by `x-mock-…` headers: `x-mock-after-chunks: 2` is `afterChunks: 2`. */
export function behaviourOfHeaders(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
): MockBehaviour {
  const entries = Object.entries(headers).flatMap(([header, value]) => {
    if (!header.startsWith('x-mock-') || typeof value !== 'string') return [];
    const name = header
      .slice('x-mock-'.length)
      .replace(/-(\w)/g, (_, c: string) => c.toUpperCase());
    return [[name, isTextField(name) ? value : scalarOf(value)] as const];
  });
  return checkFields('headers', Object.fromEntries(entries), behaviourFields);
}

function isTextField(name: string): boolean {
  return Object.hasOwn(behaviourFields, name) && behaviourFields[name as 'content'] === isText;
}

function scalarOf(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^\d+$/.test(text) ? Number(text) : text;
}

/** The behaviour with the request's key in the place of `{key}`: what an error or an echo of a server may leak. */
export function withKey(behaviour: MockBehaviour, key: string): MockBehaviour {
  const fill = (value: unknown): unknown => {
    if (typeof value === 'string') return value.replaceAll('{key}', key);
    return isFields(value)
      ? Object.fromEntries(Object.entries(value).map(([name, member]) => [name, fill(member)]))
      : value;
  };
  return fill(behaviour) as MockBehaviour;
}

function checkFields(
  path: string,
  value: unknown,
  fields: Readonly<Record<string, Check>>,
): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new AppError('ERR_USAGE', `${path}: accepted an object`);
  }
  for (const [name, member] of Object.entries(value)) {
    const check = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (check === undefined) {
      const accepted = Object.keys(fields).join(', ');
      throw new AppError('ERR_USAGE', `${path}.${name}: unknown, accepted ${accepted}`);
    }
    if (!check(member)) {
      throw new AppError('ERR_USAGE', `${path}.${name}: found ${JSON.stringify(member)}`);
    }
  }
  return value as Readonly<Record<string, unknown>>;
}
