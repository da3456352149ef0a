import { EventEmitter } from 'node:events';
import type { Dispatcher } from 'undici';

import type { Call } from '../../src/dataplane/call.ts';
import type { Denial } from '../../src/dataplane/denial.ts';
import type { HeaderLines } from '../../src/dataplane/header-lines.ts';
import { ModelAnswer } from '../../src/dataplane/model-answer.ts';
import { createStalls } from '../../src/dataplane/stalls.ts';
import { TokenTimers } from '../../src/dataplane/token-timers.ts';
import type { AnswerView } from '../../src/llm/answer-view.ts';
import { createKeyRedaction } from '../../src/llm/key-redaction.ts';
import type { ModelEndpoint } from '../../src/llm/model-endpoint.ts';
import { createFakeClock } from './fake-clock.ts';

/** What a test says of an answer of a model server. */
export interface AnswerRigOptions {
  readonly endpoint?: ModelEndpoint;
  readonly view?: Partial<AnswerView>;
  /** Another server can be asked. */
  readonly hasNext?: boolean;
  /** The key of the gateway, with which the server was asked; default: it was one of the client. */
  readonly key?: string;
  /** The client takes what it is sent. Default true. */
  readonly room?: boolean;
}

/** An answer of a model server on its way to a client that writes down what it gets. */
export function answerRig(options: AnswerRigOptions = {}) {
  const clock = createFakeClock();
  const log: string[] = [];
  const faults: Denial[] = [];
  let hasNext = options.hasNext ?? false;
  const response = Object.assign(new EventEmitter(), {
    write: (data: Buffer) => (log.push(String(data)), options.room ?? true),
    end: (data: Buffer | string = '') => void log.push(`${String(data)}|end`),
    flushHeaders: () => undefined,
    bytesTaken: 0,
  });
  const model = {
    usage: undefined as unknown,
    finishReason: '',
    responseModel: '',
    firstTokenAtMs: 0,
    pieces: 0,
  };
  const call = {
    response,
    model,
    ended: false,
    bytesSent: 0,
    streamIdleMs: 5000,
    context: { clock, stalls: createStalls(clock) },
    writeHead: (status: number, lines: HeaderLines) => (
      log.push(`${status} ${lines.join(' ')}`),
      true
    ),
    abort: () => void log.push('cut'),
  };
  const controller = { pause: () => undefined, resume: () => undefined };
  const timers = new TokenTimers(clock, undefined);
  const fail = (denial: Denial): void => void faults.push(denial);
  const answer = new ModelAnswer(
    { call: call as unknown as Call, fail },
    {
      endpoint: options.endpoint ?? 'chat',
      view: {
        field: 'REASONING_CONTENT',
        hide: false,
        thinkTags: 'OPENED',
        hidesUsage: false,
        ...options.view,
      },
      timers,
      hasNext: () => hasNext,
      committed: (isServed) => {
        hasNext = false;
        log.push(isServed ? 'served' : 'not served');
      },
    },
    controller as unknown as Dispatcher.DispatchController,
    options.key === undefined ? undefined : createKeyRedaction([Buffer.from(options.key)]),
  );
  const begin = (
    type: string,
    { status = 200, length }: { status?: number; length?: number } = {},
  ) => {
    const lines = ['content-type', type];
    if (length !== undefined) lines.push('content-length', String(length));
    return answer.begin(status, { lines, contentLength: length, encoded: false });
  };
  const write = (text: string): void => answer.write(Buffer.from(text));
  /** As the upstream's end is taken. */
  const end = (): Denial | undefined => {
    const lack = answer.lacks();
    if (lack === undefined) answer.end();
    else answer.close();
    return lack;
  };
  return { answer, begin, write, end, log, faults, clock, timers, model };
}

/** A chunk of a chat completion as a server sends it. */
export function chatChunk(delta: object, rest: object = {}): string {
  const { finish_reason = null, ...others } = rest as { finish_reason?: string | null };
  const document = { choices: [{ index: 0, delta, finish_reason }], ...others };
  return `data: ${JSON.stringify(document)}\n\n`;
}
