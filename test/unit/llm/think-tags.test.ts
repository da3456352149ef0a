import { describe, expect, it, test } from '@jest/globals';
import type { ThinkTags } from '../../../src/ir/llm.ts';
import { ThinkTagSplitter } from '../../../src/llm/think-tags.ts';

function split(pieces: readonly string[], form: ThinkTags, everywhere = false) {
  const splitter = new ThinkTagSplitter(form, everywhere);
  const parts = [...pieces.map((piece) => splitter.push(piece)), splitter.end()];
  return [
    parts.map(({ reasoning }) => reasoning).join(''),
    parts.map(({ content }) => content).join(''),
  ];
}

const cases: readonly [string, ThinkTags, boolean, string, string][] = [
  ['<think>why</think>because', 'OPENED', false, 'why', 'because'],
  ['\n<think>\nwhy\n</think>\n\nbecause\n', 'OPENED', false, 'why', 'because\n'],
  ['<think>why', 'OPENED', false, 'why', ''],
  ['<think>why</thi', 'OPENED', false, 'why</thi', ''],
  ['<think></think>\n\nbecause', 'OPENED', false, '', 'because'],
  ['<think>a < b </thin k> c</think>d', 'OPENED', false, 'a < b </thin k> c', 'd'],
  ['<think>a</think>b <think>c</think>', 'OPENED', false, 'a', 'b <think>c</think>'],
  ['because <think>', 'OPENED', false, '', 'because <think>'],
  ['  because', 'OPENED', false, '', '  because'],
  ['<thing>', 'OPENED', false, '', '<thing>'],
  ['<thi', 'OPENED', false, '', '<thi'],
  ['why</think>because', 'OPENED', false, '', 'why</think>because'],
  ['why</think>\nbecause', 'IMPLICIT', false, 'why', 'because'],
  ['\nwhy', 'IMPLICIT', false, 'why', ''],
  ['<think>why</think>because', 'IMPLICIT', false, 'why', 'because'],
  ['<th', 'IMPLICIT', false, '<th', ''],
  ['<think>why</think>because', 'NONE', false, '', '<think>why</think>because'],
  ['<think>why</think>because', 'NONE', true, '', '<think>why</think>because'],
  ['a <think>b</think>\nc <thi <think>d</think>e<', 'OPENED', true, 'bd', 'a c <thi e<'],
];

describe('ThinkTagSplitter', () => {
  it.each(cases)('%j, %s, everywhere %s', (text, form, everywhere, reasoning, content) => {
    expect(split([text], form, everywhere)).toEqual([reasoning, content]);
  });

  it.each(cases)('cut anywhere: %j, %s, everywhere %s', (text, form, everywhere) => {
    const whole = split([text], form, everywhere);
    expect(split(text.split(''), form, everywhere)).toEqual(whole);
    for (let at = 1; at < text.length; at += 1) {
      expect(split([text.slice(0, at), text.slice(at)], form, everywhere)).toEqual(whole);
    }
  });

  test.each<[string, string, string, ThinkTags]>([
    ['in front of it', '', '<think>a</think>b', 'OPENED'],
    ['in front of a text', '', 'a', 'OPENED'],
    ['within it', '<think>a', 'b</think>c', 'OPENED'],
    ['at its end', '<think>a', '</think>c', 'OPENED'],
  ])('white space without end is not held: %s', (_where, before, after, form) => {
    const splitter = new ThinkTagSplitter(form);
    splitter.push(before);
    const { reasoning, content } = splitter.push(' '.repeat(5000));
    expect((reasoning + content).length).toBeGreaterThan(500);
    const text = before + ' \n'.repeat(5000) + after;
    const pieces = Array.from({ length: 101 }, (_, at) => text.slice(at * 100, at * 100 + 100));
    expect(split(pieces, form)).toEqual(split([text], form));
  });

  test('a closing tag alone tells that what was before it should not have been seen', () => {
    const splitter = new ThinkTagSplitter('OPENED', true);
    splitter.push('why');
    expect(splitter.isStray).toBe(false);
    expect(splitter.push('</think>because')).toEqual({ reasoning: '', content: 'because' });
    expect(splitter.isStray).toBe(true);
  });

  test.each<[ThinkTags, boolean]>([
    ['OPENED', false],
    ['IMPLICIT', false],
    ['IMPLICIT', true],
  ])('content is content where reasoning has a field (%s, everywhere %s)', (form, everywhere) => {
    const splitter = new ThinkTagSplitter(form, everywhere);
    splitter.hasField();
    expect(splitter.push('because').content).toBe('because');
    expect(splitter.isIdle).toBe(!everywhere);
  });

  test('is idle once nothing can follow', () => {
    const splitter = new ThinkTagSplitter('OPENED');
    expect(splitter.isIdle).toBe(false);
    splitter.push('<think>why</think>');
    expect(splitter.isIdle).toBe(false);
    splitter.push('because');
    expect(splitter.isIdle).toBe(true);
  });
});
