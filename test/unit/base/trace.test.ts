import { describe, expect, it } from '@jest/globals';
import { Trace } from '../../../src/base/trace.ts';

describe('Trace', () => {
  it('gives the notes of a stage to its step; without any, what is said otherwise', () => {
    const trace = new Trace();
    trace.push('one', '', 'two');
    trace.end('first', 'pass', 'not needed');
    trace.end('second', '403 rbac', 'no policy allows');
    trace.end('third', 'pass');
    expect(trace.steps).toEqual([
      { stage: 'first', outcome: 'pass', notes: ['one', 'two'] },
      { stage: 'second', outcome: '403 rbac', notes: ['no policy allows'] },
      { stage: 'third', outcome: 'pass', notes: [] },
    ]);
  });

  it('keeps beginning and end of many notes', () => {
    const trace = new Trace();
    for (let index = 0; index < 1000; index += 1) trace.push(`note ${index}`);
    trace.end('route', 'pass');
    const notes = trace.steps[0]?.notes ?? [];
    expect(notes).toHaveLength(61);
    expect([notes[0], notes[30], notes[60]]).toEqual(['note 0', '… 940 more', 'note 999']);
  });

  it.each([
    ['text', ' ("text")'],
    [[1n, 'a'], ' (["1","a"])'],
    [undefined, ''],
    ['x'.repeat(300), ` ("${'x'.repeat(199)}…)`],
  ])('shows the value %p only where it may', (value, shown) => {
    expect(new Trace().value(value)).toBe('');
    expect(new Trace({ showValues: true }).value(value)).toBe(shown);
  });
});
