import { parseRecord } from './json-record.ts';
import { readChatUsage } from './read-usage.ts';
import type { TokenUsage } from './token-usage.ts';

/** Behind the numbers of embeddings stands little. */
const tailBytes = 4096;
const objectForm = /"usage"\s*:\s*(\{(?:[^{}]|\{[^{}]*\})*\})/g;

/** Finds the usage at the end of an answer that is too long to be read as a whole: numbers, and behind them what was used. */
export class UsageTail {
  #tail = Buffer.alloc(0);

  push(chunk: Buffer): void {
    const all = chunk.length >= tailBytes ? chunk : Buffer.concat([this.#tail, chunk]);
    this.#tail = Buffer.from(all.subarray(-tailBytes));
  }

  get usage(): TokenUsage | undefined {
    const last = [...this.#tail.toString().matchAll(objectForm)].at(-1);
    return readChatUsage(parseRecord(last?.[1] ?? ''));
  }
}
