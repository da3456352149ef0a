import { load } from 'js-yaml';

import { AppError, messageOf } from '../base/errors.ts';

/** Ways to fail that HTTP statuses do not cover. */
const mockFaults = ['hang', 'reset', 'stall', 'truncate', 'malformed'] as const;
type MockFault = (typeof mockFaults)[number];

/** Which requests a rule is for; every member given has to fit. */
export interface MockMatch {
  /** Path without `/v1` and query. */
  readonly path?: string;
  readonly model?: string;
  readonly stream?: boolean;
  /** Text in the last message. */
  readonly contains?: string;
  /** The API key. */
  readonly key?: string;
}

/** How to answer. */
export interface MockBehaviour {
  /** An error with the body that DeepSeek documents for it. */
  readonly status?: number;
  /** `hang`: no answer ever. `reset`: the connection is cut, at once or after `afterChunks`. `stall`: comments only after `afterChunks`.
   * `truncate`: an end without `[DONE]` after `afterChunks`. `malformed`: text that is no JSON. */
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
  readonly finishReason?: string;
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

const behaviourFields: Readonly<Record<keyof MockBehaviour, Check>> = {
  status: isStatus,
  fault: isFault,
  afterChunks: isCount,
  delayMs: isCount,
  thinkMs: isCount,
  keepAliveMs: (value) => isCount(value) && value !== 0,
  chunkDelayMs: isCount,
  reasoning: isText,
  content: isText,
  repeat: isCount,
  finishReason: isText,
};
const matchFields: Readonly<Record<keyof MockMatch, Check>> = {
  path: isText,
  model: isText,
  stream: (value) => typeof value === 'boolean',
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
    return [[name, /^\d+$/.test(value) ? Number(value) : value] as const];
  });
  return checkFields('headers', Object.fromEntries(entries), behaviourFields);
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
