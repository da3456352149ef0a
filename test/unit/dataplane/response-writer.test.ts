import { describe, expect, test } from '@jest/globals';
import { EventEmitter } from 'node:events';
import type { Dispatcher } from 'undici';

import type { Call } from '../../../src/dataplane/call.ts';
import { ResponseWriter } from '../../../src/dataplane/response-writer.ts';
import { createStalls } from '../../../src/dataplane/stalls.ts';
import { createKeyRedaction } from '../../../src/llm/key-redaction.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

function writing(options: { readonly room?: boolean; readonly secret?: string } = {}) {
  const clock = createFakeClock();
  const log: string[] = [];
  const response = Object.assign(new EventEmitter(), {
    write: (data: Buffer) => (log.push(`write ${String(data)}`), options.room ?? true),
    end: (data?: Buffer | string) => void log.push(`end ${data === undefined ? '' : String(data)}`),
    flushHeaders: () => void log.push('flush'),
    bytesTaken: 0,
  });
  const call = {
    response,
    ended: false,
    bytesSent: 0,
    streamIdleMs: 5000,
    context: { clock, stalls: createStalls(clock) },
    writeHead: (status: number) => (log.push(`head ${status}`), true),
    abort: () => void log.push('abort'),
  };
  const controller = {
    pause: () => void log.push('pause'),
    resume: () => void log.push('resume'),
  } as unknown as Dispatcher.DispatchController;
  const redaction =
    options.secret === undefined ? undefined : createKeyRedaction([Buffer.from(options.secret)]);
  const writer = new ResponseWriter(call as unknown as Call, controller, redaction);
  return { writer, log, clock, response, call };
}

const head = (contentLength?: number) => ({ lines: [], contentLength, encoded: false });

describe('ResponseWriter', () => {
  test('sends a whole answer in one write', () => {
    const { writer, log, call } = writing();
    writer.begin(200, head(5));
    writer.write(Buffer.from('hello'));
    writer.end();
    expect(log).toEqual(['head 200', 'end hello']);
    expect(call.bytesSent).toBe(5);
  });

  test('sends pieces as they come', () => {
    const { writer, log } = writing();
    writer.begin(200, head(10));
    writer.write(Buffer.from('hello'));
    writer.write(Buffer.from('world'));
    writer.end();
    expect(log).toEqual(['head 200', 'write hello', 'end world']);
  });

  test('sends the head alone when no data comes with it', async () => {
    const { writer, log } = writing();
    writer.begin(200, head());
    await new Promise((resolve) => setImmediate(resolve));
    expect(log).toEqual(['head 200', 'flush']);
  });

  test('waits for a client that reads slowly, and cuts one that does not read', () => {
    const { writer, log, clock, response } = writing({ room: false });
    writer.begin(200, head());
    writer.write(Buffer.from('a'));
    response.emit('drain');
    writer.write(Buffer.from('b'));
    clock.advance(4000);
    response.bytesTaken += 1;
    clock.advance(5000);
    expect(log).toEqual(['head 200', 'write a', 'pause', 'resume', 'write b', 'pause']);
    clock.advance(2000);
    expect(log.at(-1)).toBe('abort');
  });

  test('makes the key unreadable, also when it came in two pieces', () => {
    const { writer, log } = writing({ secret: 'sk-1' });
    writer.begin(200, head());
    writer.write(Buffer.from('a sk'));
    writer.write(Buffer.from('-1 s'));
    writer.end();
    expect(log).toEqual(['head 200', 'write a ', 'write **** ', 'end s']);
  });
});
