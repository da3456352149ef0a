import { expect, test } from '@jest/globals';
import type { ServerResponse } from 'node:http';

import { writeBytes } from '../../../src/cli/mock-deepseek-pieces.ts';

async function written(size?: number): Promise<readonly string[]> {
  const pieces: string[] = [];
  const write = (piece: Buffer): boolean => pieces.push(piece.toString('latin1')) > 0;
  const response = { write } as unknown as ServerResponse;
  await writeBytes(response, 'abcä', { gone: new AbortController().signal, size });
  return pieces;
}

test('text is written at once, or in pieces of so many bytes', async () => {
  expect(await written()).toEqual(['abcÃ¤']);
  expect(await written(2)).toEqual(['ab', 'cÃ', '¤']);
});

test('nothing is written to those who left', async () => {
  const asked = writeBytes({} as ServerResponse, 'a', { gone: AbortSignal.abort() });
  await expect(asked).rejects.toThrow();
});
