import { afterEach, describe, expect, test } from '@jest/globals';
import { EventEmitter } from 'node:events';
import { connect } from 'node:net';

import type { Call } from '../../../src/dataplane/call.ts';
import { watchDeparture } from '../../../src/dataplane/departure.ts';
import { createStalls } from '../../../src/dataplane/stalls.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { createScope, route, table, virtualHost } from '../../support/gateway.ts';

const scope = createScope();

afterEach(scope.close);

function leaving(more: { readonly isLeaving?: boolean; readonly streamIdleMs?: number }) {
  const { isLeaving = true, streamIdleMs = 5000 } = more;
  const clock = createFakeClock();
  const response = Object.assign(new EventEmitter(), { isLeaving, bytesTaken: 0 });
  let aborts = 0;
  const call = {
    response,
    streamIdleMs,
    context: { stalls: createStalls(clock) },
    abort: () => (aborts += 1),
  };
  watchDeparture(call as unknown as Call);
  return { clock, response, aborts: () => aborts };
}

describe('an answer that is whole', () => {
  test('is cut when the client takes nothing of it', () => {
    const { clock, aborts } = leaving({});
    clock.advance(4000);
    expect(aborts()).toBe(0);
    clock.advance(3000);
    expect(aborts()).toBe(1);
  });

  test('goes on as long as the client takes some of it', () => {
    const { clock, response, aborts } = leaving({});
    for (let turn = 0; turn < 5; turn += 1) {
      response.bytesTaken += 1;
      clock.advance(4000);
    }
    expect(aborts()).toBe(0);
  });

  test.each([
    ['there is no bound', { streamIdleMs: 0 }],
    ['all of it is out', { isLeaving: false }],
  ])('is not watched where %s', (_name, more) => {
    const { clock, aborts } = leaving(more);
    clock.advance(60_000);
    expect(aborts()).toBe(0);
  });

  test('is not watched any more when it is out', () => {
    const { clock, response, aborts } = leaving({});
    response.emit('close');
    clock.advance(60_000);
    expect(aborts()).toBe(0);
  });
});

test('a client that reads nothing does not hold its request', async () => {
  const action = { kind: 'direct', status: 200, body: 'x'.repeat(32 * 1024 * 1024) } as const;
  const gateway = await scope.gateway(table(virtualHost({ routes: [route({ action })] })), {
    limits: { streamIdleMs: 500 },
  });
  const socket = connect(gateway.port(), '127.0.0.1');
  socket.on('error', () => undefined);
  socket.pause();
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  expect(await gateway.nextLine()).toMatchObject({ aborted: true });
  expect(gateway.dataPlane.inFlight()).toBe(0);
  socket.destroy();
});
