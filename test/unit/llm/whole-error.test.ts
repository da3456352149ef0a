import { expect, test } from '@jest/globals';

import { prepareKeyGuard } from '../../../src/llm/key-guard.ts';
import { createWholeErrorCleaning } from '../../../src/llm/whole-error.ts';

const guard = prepareKeyGuard('sk-abcdefgh5678');

test('an error is given at its end, however it came', () => {
  const text = '{"error":"key ****5678"}';
  for (let at = 0; at <= text.length; at += 1) {
    const cleaning = createWholeErrorCleaning(guard);
    expect(cleaning.push(Buffer.from(text.slice(0, at)))).toHaveLength(0);
    cleaning.push(Buffer.from(text.slice(at)));
    expect(cleaning.end().toString()).toBe('{"error":"key ********"}');
  }
});

test('one that is too long to be read is another one of its length', () => {
  const cleaning = createWholeErrorCleaning(guard);
  const sent: Buffer[] = [];
  for (let count = 0; count < 70; count += 1) {
    sent.push(cleaning.push(Buffer.alloc(1024, '5678')));
  }
  const all = Buffer.concat([...sent, cleaning.end()]);
  expect(all).toHaveLength(70 * 1024);
  expect(JSON.parse(all.toString())).toMatchObject({ error: { type: 'upstream_error' } });
});
