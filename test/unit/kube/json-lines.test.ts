import { describe, expect, it } from '@jest/globals';
import { jsonLines } from '../../../src/kube/json-lines.ts';

async function* chunks(parts: readonly (Buffer | string)[]): AsyncGenerator<Buffer, void> {
  for (const part of parts) yield Buffer.from(part);
}

async function linesOf(parts: readonly (Buffer | string)[], maxBytes = 1000): Promise<unknown[]> {
  const lines: unknown[] = [];
  for await (const line of jsonLines(chunks(parts), maxBytes)) lines.push(line);
  return lines;
}

describe('jsonLines', () => {
  it.each([
    ['one line', ['{"a":1}\n'], [{ a: 1 }]],
    ['two in one chunk', ['1\n2\n'], [1, 2]],
    ['one in three chunks', ['{"a"', ':', '1}\n'], [{ a: 1 }]],
    ['the end of one and the beginning of the next', ['1', '2\n3', '4\n'], [12, 34]],
    ['a newline of its own', ['1', '\n', '2', '\n'], [1, 2]],
    ['empty lines and CRLF', ['\n1\r\n\r\n \n2\n'], [1, 2]],
    ['nothing', [], []],
    ['an empty chunk', ['1', '', '\n'], [1]],
  ])('%s', async (_, parts, expected) => {
    expect(await linesOf(parts)).toEqual(expected);
  });

  it('puts characters together that are spread over chunks', async () => {
    const bytes = Buffer.from('"漢字 🙂 é"\n');
    const each = [...bytes].map((byte) => Buffer.from([byte]));
    expect(await linesOf(each)).toEqual(['漢字 🙂 é']);
  });

  it.each([
    ['a line that is no JSON', ['1\n{"secret"\n'], /^a line of 9 characters is no JSON$/],
    ['a line without an end', ['1\n{"a":1}'], /^the last line has no end$/],
    ['a line that is too long', ['1\n', '"12345', '67890"\n'], /^a line is longer than 10 bytes$/],
  ])('throws for %s, after the lines before it', async (_, parts, message) => {
    const seen: unknown[] = [];
    const read = async () => {
      for await (const line of jsonLines(chunks(parts), 10)) seen.push(line);
    };
    await expect(read()).rejects.toThrow(message);
    expect(seen).toEqual([1]);
  });

  it('bounds each line, not all of them together', async () => {
    expect(await linesOf(['"123"\n"123"\n', '"123"\n'], 5)).toEqual(['123', '123', '123']);
  });
});
