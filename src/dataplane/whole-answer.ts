import { seenDocument, type SeenDocument } from '../llm/answer-document.ts';
import type { AnswerSink } from './answer-sink.ts';
import type { Denial } from './denial.ts';
import { refusedAccount } from './forward-refusal.ts';
import { removeLines } from './header-lines.ts';
import { noteAnswer, type ModelAnswerParts } from './model-answer-parts.ts';
import { modelFault } from './model-fault.ts';
import type { ResponseHead } from './response-headers.ts';

/** A longer answer is sent on unread, where nothing in it has to be hidden. */
const readLimit = 32 * 1024 * 1024;

/** Collects an answer that is one JSON text; the blank lines by which a server keeps the connection alive go on at once. */
export class WholeAnswer implements AnswerSink {
  readonly #parts: ModelAnswerParts;
  #status = 0;
  #head: ResponseHead | undefined;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #isUnread = false;
  #seen: SeenDocument | undefined;

  constructor(parts: ModelAnswerParts) {
    this.#parts = parts;
  }

  get begun(): boolean {
    return this.#parts.writer.begun;
  }

  begin(status: number, head: ResponseHead): boolean {
    this.#status = status;
    this.#head = head;
    return true;
  }

  write(chunk: Buffer): void {
    const rest = this.#bytes === 0 ? this.#withoutBlanks(chunk) : chunk;
    if (rest.length === 0) return;
    this.#bytes += rest.length;
    if (this.#isUnread) this.#parts.writer.write(rest);
    else this.#chunks.push(rest);
    if (!this.#isUnread && this.#bytes > readLimit) this.#pass();
  }

  lacks(): Denial | undefined {
    if (this.#isUnread) return undefined;
    const { endpoint, view, call, hasNext, usesOurKey } = this.#parts;
    const bytes = Buffer.concat(this.#chunks);
    if (bytes.length === 0) return modelFault('cut off');
    this.#seen = seenDocument(bytes, endpoint, view);
    if (this.#seen === undefined) return modelFault('unreadable');
    const { facts } = this.#seen;
    if (!this.begun && facts.fault !== '' && hasNext()) return modelFault('failed', facts.fault);
    if (!this.begun && this.#seen.isAccountFault && usesOurKey) return refusedAccount;
    // By its pieces tokens are counted, and this one came as a whole.
    noteAnswer(call, { ...facts, pieces: 0 });
    return undefined;
  }

  end(): void {
    const { writer } = this.#parts;
    const { bytes } = this.#seen ?? {};
    const isOpen = this.begun || this.#open(bytes?.length);
    if (isOpen && bytes !== undefined) writer.write(bytes);
    writer.end();
  }

  close(): void {
    this.#parts.writer.close();
  }

  /** They go out where no other server can be asked, and an answer without a declared length is on its way. */
  #withoutBlanks(chunk: Buffer): Buffer {
    const text = chunk.findIndex((byte) => byte > 0x20);
    const rest = text < 0 ? Buffer.alloc(0) : chunk.subarray(text);
    const { hasNext, writer } = this.#parts;
    const isKept = this.#head?.contentLength !== undefined || (!this.begun && hasNext());
    if (text === 0 || isKept) return rest;
    if (this.begun || this.#open(undefined)) {
      writer.write(chunk.subarray(0, chunk.length - rest.length));
    }
    return rest;
  }

  #pass(): void {
    const { view, fail, writer } = this.#parts;
    if (view.hide) {
      fail(modelFault('too long'));
      return;
    }
    this.#isUnread = true;
    if (!this.begun && !this.#open(undefined)) return;
    for (const chunk of this.#chunks) writer.write(chunk);
    this.#chunks = [];
  }

  #open(contentLength: number | undefined): boolean {
    const { committed, writer } = this.#parts;
    const lines = [...(this.#head?.lines ?? [])];
    removeLines(lines, (name) => name === 'content-length');
    if (contentLength !== undefined) lines.push('content-length', String(contentLength));
    committed((this.#seen?.facts.fault ?? '') === '');
    return writer.begin(this.#status, { lines, contentLength, encoded: false });
  }
}
