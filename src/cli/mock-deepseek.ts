import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

import { systemClock, type Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import { openHttpListener, type HttpListener } from './http-listener.ts';
import { answerMockApi, type MockApiContext } from './mock-deepseek-api.ts';
import { createMockJournal, type MockJournal, type MockRequest } from './mock-deepseek-journal.ts';
import {
  parseMockScript,
  type MockBehaviour,
  type MockMatch,
  type MockRule,
} from './mock-deepseek-rule.ts';

/** Settings of the stand-in; everything has a default. */
export interface MockDeepseekOptions {
  /** Default 0: the system chooses. */
  readonly port?: number;
  /** Default 127.0.0.1. */
  readonly bind?: string;
  /** Keys that are accepted. Default: any. */
  readonly apiKeys?: readonly string[];
  /** Default: the names that DeepSeek's own API takes. */
  readonly models?: readonly string[];
  readonly script?: readonly MockRule[];
  /** Chat requests at a time; the next one gets 429. Default: no limit. */
  readonly concurrency?: number;
  readonly clock?: Clock;
  /** Told of every request when it has ended. */
  readonly onRequest?: (request: MockRequest) => void;
  /** Flag that changes the port, for the text of an error. Default `--port`. */
  readonly portFlag?: string;
}

/** A running stand-in. */
export interface MockDeepseek extends HttpListener {
  /** What arrived so far, oldest first. */
  readonly requests: () => readonly MockRequest[];
  /** Puts rules in place of those before. */
  readonly script: (rules: readonly MockRule[]) => void;
}

/** Header on every response, so that nobody takes the stand-in for DeepSeek. */
const standInHeader = 'x-seekgate-stand-in';

const currentModels = [
  'deepseek-flash',
  'deepseek-v4-pro',
  'deepseek-v4-flash',
  'deepseek-v4-flash-vision-exp',
];

/** Starts a stand-in for DeepSeek's API: it answers as documented, deterministically, and fails on demand. */
export async function createMockDeepseek(options: MockDeepseekOptions = {}): Promise<MockDeepseek> {
  const journal = createMockJournal(options.onRequest ?? (() => undefined));
  const script = createScript(options.script ?? []);
  const open = new Set<AbortController>();
  const context: MockApiContext = {
    apiKeys: options.apiKeys ?? [],
    models: options.models ?? currentModels,
    clock: options.clock ?? systemClock,
    concurrency: options.concurrency ?? Number.POSITIVE_INFINITY,
    active: () => open.size,
    behaviourFor: script.take,
  };
  const listener = await openHttpListener(
    (message, response) => {
      response.setHeader(standInHeader, 'deepseek');
      const control = message.url?.startsWith('/__') ?? false;
      const answered = control
        ? answerControl({ message, response }, journal, script)
        : answerApi({ message, response }, { journal, context, open });
      answered.catch(() => response.destroy());
    },
    {
      name: 'DeepSeek stand-in',
      bind: options.bind ?? '127.0.0.1',
      port: options.port ?? 0,
      portFlag: options.portFlag ?? '--port',
    },
  );
  return { ...listener, requests: journal.list, script: script.replace };
}

interface Exchange {
  readonly message: IncomingMessage;
  readonly response: ServerResponse;
}

async function answerApi(
  { message, response }: Exchange,
  parts: {
    readonly journal: MockJournal;
    readonly context: MockApiContext;
    readonly open: Set<AbortController>;
  },
): Promise<void> {
  const body = jsonOrText(await text(message));
  const entry = parts.journal.open(message, response, body);
  const gone = new AbortController();
  parts.open.add(gone);
  response.once('close', () => {
    parts.open.delete(gone);
    gone.abort();
  });
  await answerMockApi({ message, response, entry, gone: gone.signal }, parts.context);
}

interface Script {
  readonly take: (request: MockMatch) => MockBehaviour;
  readonly replace: (rules: readonly MockRule[]) => void;
  readonly rules: () => readonly MockRule[];
}

function createScript(initial: readonly MockRule[]): Script {
  let rules: { readonly rule: MockRule; left: number }[] = [];
  const replace = (next: readonly MockRule[]): void => {
    rules = next.map((rule) => ({ rule, left: rule.times ?? Number.POSITIVE_INFINITY }));
  };
  replace(initial);
  return {
    replace,
    rules: () => rules.map(({ rule }) => rule),
    take: (request) => {
      const found = rules.find(({ rule, left }) => left > 0 && fits(rule.match ?? {}, request));
      if (found === undefined) return {};
      found.left -= 1;
      return found.rule;
    },
  };
}

/** `contains` of the request is its last message. */
function fits(match: MockMatch, request: MockMatch): boolean {
  const { contains = '', ...rest } = match;
  const equal = Object.entries(rest).every(([name, value]) => request[name as 'path'] === value);
  return equal && (request.contains ?? '').includes(contains);
}

/** `/__script` and `/__requests`: for this machine only, since keys stand in what they show. */
async function answerControl(
  { message, response }: Exchange,
  journal: MockJournal,
  script: Script,
): Promise<void> {
  const path = (message.url ?? '').split('?')[0] ?? '';
  if (!isLoopback(message.socket.remoteAddress ?? '')) {
    response.writeHead(403).end();
    return;
  }
  const resource = { '/__script': script.rules, '/__requests': journal.list }[path];
  if (resource === undefined) {
    response.writeHead(404).end();
    return;
  }
  if (path === '/__requests' && message.method === 'DELETE') journal.clear();
  if (path === '/__script' && message.method === 'POST') {
    try {
      script.replace(parseMockScript(await text(message)));
    } catch (thrown) {
      response.writeHead(400, { 'content-type': 'text/plain' }).end(`${messageOf(thrown)}\n`);
      return;
    }
  }
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(`${JSON.stringify(resource(), null, 2)}\n`);
}

function isLoopback(address: string): boolean {
  return /^(?:::ffff:)?127\.|^::1$/.test(address);
}

function jsonOrText(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
