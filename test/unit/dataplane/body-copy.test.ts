import { PassThrough } from 'node:stream';
import { setImmediate } from 'node:timers/promises';

import { describe, expect, test } from '@jest/globals';

import { BodyCopy } from '../../../src/dataplane/body-copy.ts';
import type { IncomingMessage } from 'node:http';

async function copied(limit: number, pieces: readonly string[], ends: boolean) {
  const source = new PassThrough();
  const copy = new BodyCopy(source as unknown as IncomingMessage, limit);
  for (const piece of pieces) source.write(piece);
  if (ends) source.end();
  await setImmediate();
  await setImmediate();
  return copy.whole?.toString();
}

describe('BodyCopy', () => {
  test.each([
    ['all of it', 4, ['ab', 'cd'], true, 'abcd'],
    ['nothing, which is all', 4, [], true, ''],
    ['not while it comes', 4, ['ab'], false, undefined],
    ['not what is too large', 3, ['ab', 'cd'], true, undefined],
  ])('%s', async (_title, limit, pieces, ends, expected) => {
    expect(await copied(limit, pieces, ends)).toBe(expected);
  });
});
