import { describe, expect, it, test } from '@jest/globals';
import { modelFault } from '../../../src/dataplane/model-fault.ts';
import { answerRig } from '../../support/answer-rig.ts';

describe('ModelAnswer', () => {
  it.each([
    [400, 'application/json'],
    [503, 'text/event-stream'],
    [200, 'text/html'],
  ])('sends %i with %s on as it comes', (status, type) => {
    const { begin, write, end, log } = answerRig({ hasNext: true });
    begin(type, { status });
    write('{"choices":');
    expect(end()).toBeUndefined();
    expect(log).toEqual([
      status < 300 ? 'served' : 'not served',
      `${status} content-type ${type}`,
      '{"choices":',
      '|end',
    ]);
  });

  test('sends nothing that it cannot read to who must see no reasoning', () => {
    const { begin, write, log, faults } = answerRig({ view: { hide: true } });
    expect(begin('text/html')).toBe(true);
    write('<p>because</p>');
    expect(faults).toEqual([modelFault('unreadable')]);
    expect(log).toEqual([]);
  });

  test('cuts an answer that has no form for an error', () => {
    const { answer, begin, write, log } = answerRig();
    begin('text/html');
    write('<p>');
    answer.interrupt(modelFault('cut off'));
    expect(log.at(-1)).toBe('cut');
  });

  test('waits for no token of what is no stream', () => {
    const { begin, clock, faults, timers } = answerRig();
    timers.start((denial) => faults.push(denial));
    begin('application/json');
    clock.advance(10_000_000);
    expect(faults).toEqual([]);
  });
});
