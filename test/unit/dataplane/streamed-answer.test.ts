import { describe, expect, it, test } from '@jest/globals';
import { modelFault } from '../../../src/dataplane/model-fault.ts';
import { answerRig, chatChunk } from '../../support/answer-rig.ts';

const events = 'text/event-stream; charset=utf-8';
const head = `200 content-type ${events}`;
const role = chatChunk({ role: 'assistant', content: '' });
const token = chatChunk({ content: 'a' });
const stop = chatChunk({ content: '' }, { finish_reason: 'stop' });
const busy = chatChunk({ content: '' }, { finish_reason: 'insufficient_system_resource' });
const error = 'data: {"error":{"message":"no","type":"server_error"}}\n\n';
const modelMessage = 'The model server stopped in the middle of its answer.';
const done = 'data: [DONE]\n\n';

describe('StreamedAnswer', () => {
  test('sends events on as they are whole', () => {
    const { begin, write, end, log, model } = answerRig();
    begin(events, { length: 999 });
    write(': keep-alive\n\n' + role + token.slice(0, 9));
    write(token.slice(9) + stop);
    write(done);
    expect(end()).toBeUndefined();
    expect(log).toEqual(['served', head, `: keep-alive\n\n${role}`, token + stop, done, '|end']);
    expect(model).toMatchObject({ finishReason: 'stop', pieces: 1 });
  });

  test('holds the head until the first token where another server can be asked', () => {
    const { begin, write, log } = answerRig({ hasNext: true });
    begin(events);
    write(': keep-alive\n\n' + role);
    expect(log).toEqual([]);
    write(token);
    expect(log).toEqual(['served', head, `: keep-alive\n\n${role}${token}`]);
  });

  it.each([busy, error])('lets another server answer in place of %j', (event) => {
    const { begin, write, log, faults } = answerRig({ hasNext: true });
    begin(events);
    write(role + event);
    expect(faults.map(({ reason, status }) => [reason, status])).toEqual([['model_error', 503]]);
    expect(log).toEqual([]);
  });

  it.each([busy, error])('sends %j on where there is none, or something was said', (event) => {
    const last = answerRig();
    last.begin(events);
    last.write(event);
    const later = answerRig({ hasNext: true });
    later.begin(events);
    later.write(token + event);
    expect([last.faults, later.faults]).toEqual([[], []]);
    expect(last.log.at(-1)).toBe(event);
    expect(later.log.at(-1)).toBe(token + event);
  });

  test('an answer without a token is one', () => {
    const { begin, write, end, log } = answerRig({ hasNext: true });
    begin(events);
    write(role + stop);
    expect(end()).toBeUndefined();
    expect(log).toEqual(['served', head, role + stop, '|end']);
  });

  test.each([
    ['nothing', ''],
    ['comments', ': keep-alive\n\n'],
    ['some of it', role + token],
    ['half of an event', role + token + stop.slice(0, -9)],
  ])('an end behind %s is none', (_name, text) => {
    const { begin, write, end } = answerRig();
    begin(events);
    write(text);
    expect(end()).toEqual(modelFault('cut off'));
  });

  test('what is broken off ends in an error, and not in an end', async () => {
    const { answer, begin, write, log } = answerRig();
    begin(events);
    write(token);
    answer.close();
    answer.interrupt(modelFault('no progress'));
    await new Promise((resolve) => setImmediate(resolve));
    const told: object = { message: modelMessage, type: 'timeout', code: 'timeout' };
    const last = log.at(-2) ?? '';
    expect(JSON.parse(last.slice('data: '.length))).toEqual({ error: { ...told, param: null } });
    expect(log.at(-1)).toBe('cut');
  });

  test('tells of tokens that took long', () => {
    const { begin, write, clock, faults, timers, model } = answerRig();
    timers.start((denial) => faults.push(denial));
    begin(events);
    clock.advance(599_000);
    write(': keep-alive\n\n');
    write(token);
    expect(model.firstTokenAtMs).toBe(599_000);
    clock.advance(299_000);
    write(': keep-alive\n\n');
    expect(faults).toEqual([]);
    clock.advance(2000);
    expect(faults).toEqual([modelFault('no progress')]);
  });

  test('does not blame the server for a client that does not read', () => {
    const { begin, write, clock, faults, timers } = answerRig({ room: false });
    timers.start((denial) => faults.push(denial));
    begin(events);
    write(token);
    clock.advance(900_000);
    expect(faults).toEqual([]);
  });

  test('keeps the connection alive while what is said is hidden', () => {
    const { begin, write, clock, log } = answerRig({ view: { hide: true } });
    const thought = chatChunk({ reasoning_content: 'secret' });
    begin(events);
    write(role);
    for (let second = 0; second < 25; second += 1) {
      clock.advance(1000);
      write(thought);
    }
    expect(log.slice(3)).toEqual([': keep-alive\n\n', ': keep-alive\n\n']);
    expect(log.join('')).not.toContain('secret');
  });

  test('ends an answer that cannot be read by who must see only a part of it', () => {
    const { begin, write, faults } = answerRig({ view: { hide: true } });
    begin(events);
    write('data: hm\n\n');
    expect(faults).toEqual([modelFault('unreadable')]);
  });
});
