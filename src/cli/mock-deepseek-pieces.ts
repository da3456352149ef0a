import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

/** Writes text, whole or in pieces of so many bytes. It honours back-pressure: the stand-in never buffers more than the socket takes. */
export async function writeBytes(
  response: ServerResponse,
  text: string,
  { gone, size }: { readonly gone: AbortSignal; readonly size?: number | undefined },
): Promise<void> {
  const bytes = Buffer.from(text);
  const step = size ?? bytes.length;
  for (let start = 0; start < bytes.length; start += step) {
    gone.throwIfAborted();
    const piece = bytes.subarray(start, start + step);
    if (!response.write(piece)) await once(response, 'drain', { signal: gone });
    // Each piece is a read of its own at the other end.
    if (size !== undefined) await new Promise((resolve) => setImmediate(resolve));
  }
}
