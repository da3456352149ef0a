import { EventEmitter } from 'node:events';

import { describe, expect, test } from '@jest/globals';

import type { Call } from '../../../src/dataplane/call.ts';
import type { Denial } from '../../../src/dataplane/denial.ts';
import { limitStream } from '../../../src/dataplane/stream-limits.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

function limited(idleTimeoutMs: number | undefined, maxDurationMs?: number, complete = true) {
  const clock = createFakeClock();
  const answers: string[] = [];
  const socket = { bytesRead: 0 };
  const response = Object.assign(new EventEmitter(), { bytesTaken: 0 });
  const call = {
    context: { clock },
    exchange: { hasBody: true },
    request: { complete, socket },
    response,
    streamIdleMs: 300_000,
    refuseBody: ({ status, body }: Denial) => void answers.push(`${status} ${body}`),
  };
  limitStream(call as unknown as Call, { idleTimeoutMs, maxDurationMs });
  return { clock, answers, socket, response, call };
}

describe('limitStream', () => {
  test('a stream that stands still ends, one that moves does not', () => {
    const { clock, answers, socket, response, call } = limited(800);
    expect(call.streamIdleMs).toBe(0);
    for (let turn = 0; turn < 10; turn += 1) {
      clock.advance(700);
      if (turn % 2 === 0) socket.bytesRead += 1;
      else response.bytesTaken += 1;
    }
    expect(answers).toEqual([]);
    clock.advance(900);
    expect(answers).toEqual(['504 stream timeout']);
  });

  test('while the request is still coming it is the client that is slow', () => {
    const { clock, answers } = limited(800, undefined, false);
    clock.advance(800);
    expect(answers).toEqual(['408 stream timeout']);
  });

  test('none: neither its own nor the one of all', () => {
    const { clock, answers, call } = limited(0);
    clock.advance(10_000_000);
    expect([call.streamIdleMs, answers]).toEqual([0, []]);
  });

  test('a stream that lasts too long ends, moving or not', () => {
    const { clock, answers, call } = limited(undefined, 1000);
    clock.advance(1000);
    expect([call.streamIdleMs, answers]).toEqual([300_000, ['504 downstream duration timeout']]);
  });

  test('nothing is watched any more behind the answer', () => {
    const { clock, answers, response } = limited(800, 1000);
    response.emit('close');
    clock.advance(2000);
    expect(answers).toEqual([]);
  });
});
