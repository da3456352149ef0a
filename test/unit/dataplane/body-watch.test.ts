import { describe, expect, test } from '@jest/globals';
import { EventEmitter } from 'node:events';

import { BodyWatch } from '../../../src/dataplane/body-watch.ts';
import type { Call } from '../../../src/dataplane/call.ts';
import { createStalls } from '../../../src/dataplane/stalls.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

function watchedCall(chunked: boolean) {
  const clock = createFakeClock();
  const socket = { bytesRead: 0 };
  let paused = false;
  const request = Object.assign(new EventEmitter(), {
    socket,
    complete: false,
    readableLength: 0,
    isPaused: () => paused,
  });
  const refused: number[] = [];
  const call = {
    request,
    exchange: { chunked },
    context: { clock, stalls: createStalls(clock), limits: { bodyIdleMs: 5000 } },
    refuseBody: ({ status }: { status: number }) => void refused.push(status),
  } as unknown as Call;
  const receive = (wire: number, data: number): void => {
    socket.bytesRead += wire;
    request.emit('data', Buffer.alloc(data));
  };
  const pause = (): void => void (paused = true);
  return { watch: new BodyWatch(call), clock, request, refused, receive, pause };
}

describe('BodyWatch', () => {
  test('refuses a body that stopped coming', () => {
    const { watch, clock, refused, receive } = watchedCall(false);
    watch.begin();
    clock.advance(4000);
    receive(1, 1);
    clock.advance(5000);
    expect(refused).toEqual([]);
    clock.advance(2000);
    expect(refused).toEqual([408]);
  });

  test('is patient with one that the upstream holds up, or that is complete', () => {
    const held = watchedCall(false);
    held.pause();
    held.watch.begin();
    const complete = watchedCall(false);
    complete.request.complete = true;
    complete.watch.begin();
    for (const { clock } of [held, complete]) clock.advance(60_000);
    expect([held.refused, complete.refused]).toEqual([[], []]);
  });

  test('refuses chunks that are mostly framing', () => {
    const { watch, refused, receive } = watchedCall(true);
    watch.begin();
    for (let turn = 0; turn < 1000; turn += 1) receive(6, 1);
    expect(refused).toEqual([]);
    for (let turn = 0; turn < 1000 && refused.length === 0; turn += 1) receive(200, 1);
    expect(refused).toEqual([413]);
  });

  test('refuses them soon, even if they wait for the upstream', () => {
    const { watch, clock, request, refused, pause } = watchedCall(true);
    watch.begin();
    pause();
    request.readableLength = 40_000;
    request.socket.bytesRead = 6 * 40_000;
    clock.advance(1000);
    request.socket.bytesRead += 1;
    clock.advance(2000);
    expect(refused).toEqual([413]);
  });

  test('refuses framing that holds no data at all', () => {
    const { watch, clock, request, refused } = watchedCall(true);
    watch.begin();
    for (let second = 0; second < 10 && refused.length === 0; second += 1) {
      request.socket.bytesRead += 1000;
      clock.advance(1000);
    }
    expect(refused).toEqual([408]);
  });

  test('ends', () => {
    const { watch, clock, refused } = watchedCall(false);
    watch.begin();
    watch.end();
    clock.advance(60_000);
    expect(refused).toEqual([]);
  });
});
