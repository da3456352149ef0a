import { expect, test } from '@jest/globals';
import { answerRig } from '../../support/answer-rig.ts';

test('embeddings go on piece by piece, and their usage is found at the end', () => {
  const { begin, write, end, log, model } = answerRig({ endpoint: 'embeddings', hasNext: true });
  const text = JSON.stringify({
    data: [{ embedding: Array.from({ length: 4000 }, (_, index) => index / 7) }],
    usage: { prompt_tokens: 8, total_tokens: 8 },
  });
  begin('application/json', { length: text.length });
  write(text.slice(0, 20_000));
  expect(log.at(-1)).toBe(text.slice(0, 20_000));
  write(text.slice(20_000, -9));
  write(text.slice(-9));
  end();
  expect(model.usage).toEqual({ inputTokens: 8, outputTokens: 0 });
  expect(log[0]).toBe('served');
});
