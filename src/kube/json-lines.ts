const newline = 0x0a;

/**
 * Parses each line of a body; throws when one is no JSON, is longer than `maxBytes`, or has no end: a line that is passed over
 * would be a change that nobody hears of.
 */
export async function* jsonLines(
  body: AsyncIterable<Buffer>,
  maxBytes: number,
): AsyncGenerator<unknown, void> {
  // Cut as bytes: a character may be spread over two chunks, a newline cannot be part of one.
  let parts: Buffer[] = [];
  let size = 0;
  const take = (part: Buffer): void => {
    size += part.length;
    if (size > maxBytes) throw new Error(`a line is longer than ${maxBytes} bytes`);
    parts.push(part);
  };
  for await (const chunk of body) {
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      take(chunk.subarray(start, end));
      const line = Buffer.concat(parts).toString();
      parts = [];
      size = 0;
      start = end + 1;
      if (line.trim() !== '') yield parsed(line);
    }
    if (start < chunk.length) take(chunk.subarray(start));
  }
  if (Buffer.concat(parts).toString().trim() !== '') throw new Error('the last line has no end');
}

/** The parser's own message would quote the line. */
function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new Error(`a line of ${line.length} characters is no JSON`);
  }
}
