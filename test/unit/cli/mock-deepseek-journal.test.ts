import { describe, expect, it } from '@jest/globals';
import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';

import { createMockJournal, type MockRequest } from '../../../src/cli/mock-deepseek-journal.ts';

const message = {
  method: 'POST',
  url: '/v1/models?x=1',
  headers: { host: 'a' },
  rawHeaders: ['Host', 'a'],
} as unknown as IncomingMessage;

function open() {
  const ended: MockRequest[] = [];
  const journal = createMockJournal((request) => ended.push({ ...request }));
  const response = Object.assign(new EventEmitter(), {
    statusCode: 200,
    headersSent: false,
    writableFinished: false,
  });
  const entry = journal.open(message, response as unknown as ServerResponse, { a: 1 });
  return { journal, response, entry, ended };
}

describe('journal of the stand-in', () => {
  it('keeps what arrived', () => {
    expect(open().journal.list()).toEqual([
      {
        number: 1,
        method: 'POST',
        path: '/v1/models?x=1',
        headers: { host: 'a' },
        rawHeaders: ['Host', 'a'],
        body: { a: 1 },
        status: 0,
        chunks: 0,
        state: 'open',
      },
    ]);
  });

  it.each([
    ['answered', { headersSent: true, writableFinished: true }, false, 200],
    ['left', { headersSent: true }, false, 200],
    ['left', {}, false, 0],
    ['cut', { headersSent: true, writableFinished: true }, true, 200],
  ])('knows that a request was %s', (state, fields, cutting, status) => {
    const { response, entry, ended } = open();
    entry.sent();
    if (cutting) entry.cutting();
    Object.assign(response, fields).emit('close');
    expect(ended).toEqual([expect.objectContaining({ state, status, chunks: 1 })]);
  });

  it('does not grow without end: half of a full one is forgotten', () => {
    const { journal } = open();
    for (let count = 1; count <= 50_000; count += 1) {
      journal.open(message, { once: () => undefined } as unknown as ServerResponse, '');
    }
    expect([journal.list().length, journal.list().at(-1)!.number]).toEqual([25_000, 50_001]);
  });

  it('forgets, and goes on counting', () => {
    const { journal, response } = open();
    journal.clear();
    journal.open(message, response as unknown as ServerResponse, '');
    expect(journal.list().map(({ number }) => number)).toEqual([2]);
  });
});
