import { expect, test } from '@jest/globals';
import type { Dispatcher } from 'undici';

import type { Call } from '../../../src/dataplane/call.ts';
import type { Denial } from '../../../src/dataplane/denial.ts';
import { noteAnswer } from '../../../src/dataplane/model-answer-parts.ts';
import { ModelAnswers } from '../../../src/dataplane/model-answers.ts';
import type { ModelTarget } from '../../../src/dataplane/model-targets.ts';
import { newAnswerFacts } from '../../../src/llm/answer-facts.ts';
import type { ModelRequest } from '../../../src/llm/model-request.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { chatChunk } from '../../support/answer-rig.ts';

function answering(request: Partial<ModelRequest>) {
  const clock = createFakeClock();
  const log: string[] = [];
  const call = {
    context: { clock },
    exchange: { identities: [], route: { route: { llm: { timeouts: { firstTokenMs: 50 } } } } },
    response: { write: (data: Buffer) => log.push(String(data)) },
    bytesSent: 0,
    writeHead: () => true,
  } as unknown as Call;
  const full = { endpoint: 'chat', stream: true, asksUsage: false, ...request } as ModelRequest;
  const answers = new ModelAnswers(call, full);
  const target = { upstream: { backend: undefined } } as unknown as ModelTarget;
  const owner = { hasNext: false, committed: () => undefined };
  const faults: Denial[] = [];
  const fail = (denial: Denial): void => void faults.push(denial);
  const controller = {} as unknown as Dispatcher.DispatchController;
  return {
    answers,
    sink: answers.sinkFor(target, owner)(controller, undefined, fail),
    log,
    clock,
    faults,
    fail,
  };
}

const events = {
  lines: ['content-type', 'text/event-stream'],
  contentLength: undefined,
  encoded: false,
};

test.each([
  [true, true],
  [false, false],
])('a client that asks for usage (%s) sees it', (asksUsage, isSeen) => {
  const { sink, log } = answering({ asksUsage });
  sink.begin(200, events);
  sink.write(Buffer.from(chatChunk({ content: 'a' })));
  sink.write(Buffer.from('data: {"choices":[],"usage":{"prompt_tokens":1}}\n\n'));
  expect(log.some((text) => text.includes('usage'))).toBe(isSeen);
});

test.each([
  [true, ['no token']],
  [false, []],
])('the first token of a stream (%s) is waited for', (stream, faults) => {
  const rig = answering({ stream });
  rig.answers.started(rig.fail);
  rig.clock.advance(50);
  expect(rig.faults.map(({ detail }) => detail)).toEqual(faults);
});

test('nothing is waited for behind the end', () => {
  const rig = answering({});
  rig.answers.started(rig.fail);
  rig.answers.stopped();
  rig.clock.advance(50);
  expect(rig.faults).toEqual([]);
});

test('what an answer says of itself is noted', () => {
  const model = {};
  const facts = { ...newAnswerFacts(), model: 'm', finishReason: 'stop', pieces: 3 };
  noteAnswer({ model } as unknown as Call, facts);
  expect(model).toEqual({ responseModel: 'm', finishReason: 'stop', pieces: 3, usage: undefined });
  expect(() => noteAnswer({} as unknown as Call, facts)).not.toThrow();
});
