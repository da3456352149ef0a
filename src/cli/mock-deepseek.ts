import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

import { systemClock, type Clock } from '../base/clock.ts';
import { openHttpListener, type HttpListener } from './http-listener.ts';
import { answerMockApi, type MockApiContext } from './mock-deepseek-api.ts';
import { answerMockControl } from './mock-deepseek-control.ts';
import type { MockDialect, MockReasoningForm } from './mock-deepseek-dialect.ts';
import { createMockJournal, type MockJournal, type MockRequest } from './mock-deepseek-journal.ts';
import type { MockRule } from './mock-deepseek-rule.ts';
import { createMockScript } from './mock-deepseek-script.ts';
import { createMockSlots } from './mock-deepseek-slots.ts';
import type { MockState } from './mock-deepseek-state.ts';

/** Settings of the stand-in; everything has a default. */
export interface MockDeepseekOptions {
  /** Default 0: the system chooses. */
  readonly port?: number;
  /** Default 127.0.0.1. */
  readonly bind?: string;
  /** Which server it is. Default `deepseek`. */
  readonly dialect?: MockDialect;
  /** Keys that are accepted. Default: any. */
  readonly apiKeys?: readonly string[];
  /** Default: the names that the server takes. */
  readonly models?: readonly string[];
  /** `deepseek-chat` and `deepseek-reasoner` still answer. Default: they do not exist. */
  readonly legacyNames?: boolean;
  /** Default: where the server of the dialect has it. */
  readonly reasoningForm?: MockReasoningForm;
  readonly script?: readonly MockRule[];
  /** Requests at a time and model; the next one gets 429. Default: as documented. */
  readonly concurrency?: number;
  /** Load, health and the like at the start. */
  readonly state?: MockState;
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
  /** Puts keys in place of those before. */
  readonly keys: (keys: readonly string[]) => void;
  /** Changes load, health and the like; what is not named stays. */
  readonly state: (changes: MockState) => void;
}

/** Header on every response, so that nobody takes the stand-in for DeepSeek. */
const standInHeader = 'x-seekgate-stand-in';

/** Starts a stand-in for a model server: it answers as documented, deterministically, and fails on demand. */
export async function createMockDeepseek(options: MockDeepseekOptions = {}): Promise<MockDeepseek> {
  const journal = createMockJournal(options.onRequest ?? (() => undefined));
  const script = createMockScript(options.script ?? []);
  const settings = settingsOf(options);
  const context: MockApiContext = {
    names: namesOf(options),
    keys: () => settings.keys,
    state: () => settings.state,
    slots: createMockSlots(() => settings.state.slots ?? Number.POSITIVE_INFINITY),
    clock: options.clock ?? systemClock,
    behaviourFor: script.take,
  };
  const listener = await openHttpListener(
    (message, response) => {
      response.setHeader(standInHeader, context.names.dialect);
      const control = message.url?.startsWith('/__') ?? false;
      const answered = control
        ? answerMockControl({ message, response }, { journal, script, settings })
        : answerApi({ message, response }, journal, context);
      answered.catch(() => response.destroy());
    },
    {
      name: 'DeepSeek stand-in',
      bind: options.bind ?? '127.0.0.1',
      port: options.port ?? 0,
      portFlag: options.portFlag ?? '--port',
    },
  );
  return {
    ...listener,
    requests: journal.list,
    script: script.replace,
    keys: (keys) => {
      settings.keys = keys;
    },
    state: (changes) => {
      settings.state = { ...settings.state, ...changes };
    },
  };
}

function settingsOf({ apiKeys = [], state = {}, concurrency }: MockDeepseekOptions): {
  keys: readonly string[];
  state: MockState;
} {
  return {
    keys: apiKeys,
    state: concurrency === undefined ? state : { ...state, concurrency },
  };
}

function namesOf(options: MockDeepseekOptions): MockApiContext['names'] {
  const { dialect = 'deepseek', models, legacyNames = false, reasoningForm } = options;
  return {
    dialect,
    legacyNames,
    ...(models === undefined ? {} : { models }),
    ...(reasoningForm === undefined ? {} : { reasoningForm }),
  };
}

async function answerApi(
  { message, response }: { readonly message: IncomingMessage; readonly response: ServerResponse },
  journal: MockJournal,
  context: MockApiContext,
): Promise<void> {
  const body = jsonOrText(await text(message));
  const entry = journal.open(message, response, body);
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  await answerMockApi({ message, response, entry, gone: gone.signal }, context);
}

function jsonOrText(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
