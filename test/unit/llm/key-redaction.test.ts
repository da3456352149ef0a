import { describe, expect, test } from '@jest/globals';

import { createKeyRedaction } from '../../../src/llm/key-redaction.ts';

const key = Buffer.from('sk-sk-key');
const run = (...pieces: string[]): string[] => {
  const redaction = createKeyRedaction([key]);
  const out = pieces.map((piece) => redaction.push(Buffer.from(piece)).toString());
  return [...out, redaction.end().toString()];
};

describe('createKeyRedaction', () => {
  test.each([
    [['nothing here'], ['nothing here', '']],
    [['a sk-sk-key b'], ['a ********* b', '']],
    [['sk-sk-keysk-sk-key'], ['******************', '']],
    [
      ['a sk-', 'sk-key b'],
      ['a ', '********* b', ''],
    ],
    [
      ['a sk-sk-', 'sk-key b'],
      ['a ', 'sk-********* b', ''],
    ],
    [
      ['data: s', 'ome'],
      ['data: ', 'some', ''],
    ],
    [['ends in sk'], ['ends in ', 'sk']],
    [
      ['s', 'k', '-', 's', 'k', '-', 'k', 'e', 'y', '!'],
      ['', '', '', '', '', '', '', '', '*********', '!', ''],
    ],
  ])('%j', (pieces, expected) => {
    expect(run(...pieces)).toEqual(expected);
  });

  test('at every place where a text can be split, the key is gone and the length stays', () => {
    const text = 'x sk-sk-sk-key sk-sk-key';
    for (let at = 0; at <= text.length; at += 1) {
      for (let to = at; to <= text.length; to += 1) {
        const out = run(text.slice(0, at), text.slice(at, to), text.slice(to)).join('');
        expect(out).toBe('x sk-********* *********');
      }
    }
  });

  test('of several secrets each is gone, however the text is split', () => {
    const secrets = [Buffer.from('sk-12345678'), Buffer.from('**5678')];
    const text = 'a ****5678 b *5678 c sk-123456785678 d ***';
    for (let at = 0; at <= text.length; at += 1) {
      const redaction = createKeyRedaction(secrets);
      const pieces = [text.slice(0, at), text.slice(at)].map((one) => Buffer.from(one));
      const out = Buffer.concat([...pieces.map(redaction.push), redaction.end()]).toString();
      expect(out).toBe('a ******** b *5678 c *************** d ***');
    }
  });

  test('does not change the piece it was given', () => {
    const piece = Buffer.from('sk-sk-key');
    createKeyRedaction([key]).push(piece);
    expect(piece.toString()).toBe('sk-sk-key');
  });
});
