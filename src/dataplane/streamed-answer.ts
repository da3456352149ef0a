import { AnswerStream } from '../llm/answer-stream.ts';
import { commentText } from '../llm/event-reader.ts';
import { streamError } from '../llm/stream-error.ts';
import type { AnswerSink } from './answer-sink.ts';
import type { Denial } from './denial.ts';
import { removeLines } from './header-lines.ts';
import { noteAnswer, type ModelAnswerParts } from './model-answer-parts.ts';
import { faultMessage, modelFault } from './model-fault.ts';
import type { ResponseHead } from './response-headers.ts';

/** Text that is held before the first token: roles, comments. */
const heldLimit = 1024 * 1024;
/** Clients and proxies give up a connection on which nothing comes. */
const keepAliveMs = 10_000;

/** Sends a stream of events on, event by event; as long as another server can be asked, nothing before the first token. */
export class StreamedAnswer implements AnswerSink {
  readonly #parts: ModelAnswerParts;
  readonly #stream: AnswerStream;
  #status = 0;
  #head: ResponseHead | undefined;
  #held = '';
  #sentMs = 0;
  #hidden = 0;

  constructor(parts: ModelAnswerParts) {
    this.#parts = parts;
    this.#stream = new AnswerStream(parts.endpoint, parts.view);
    parts.timers.isPaused = () => parts.writer.isWaiting;
  }

  get begun(): boolean {
    return this.#parts.writer.begun;
  }

  begin(status: number, head: ResponseHead): boolean {
    this.#status = status;
    this.#head = head;
    return this.#parts.hasNext() || this.#open();
  }

  write(chunk: Buffer): void {
    const { facts } = this.#stream;
    const before = facts.pieces;
    const text = this.#stream.push(chunk);
    if (facts.pieces > before) this.#noteProgress(before === 0);
    const { fault } = this.#stream;
    // What came before the fault is good; behind it nothing is.
    this.#take(text);
    if (fault !== undefined) this.#parts.fail(modelFault(fault));
  }

  lacks(): Denial | undefined {
    const { facts } = this.#stream;
    const rest = this.#stream.end();
    const { fault } = this.#stream;
    if (fault !== undefined) return modelFault(fault);
    if (!facts.isOver) return modelFault('cut off');
    if (this.#hasFailed()) return modelFault('failed', facts.fault);
    this.#held += rest;
    return undefined;
  }

  end(): void {
    noteAnswer(this.#parts.call, this.#stream.facts);
    if (!this.begun && !this.#open()) return;
    this.#send(this.#held);
    this.#parts.writer.end();
  }

  close(): void {
    noteAnswer(this.#parts.call, this.#stream.facts);
    this.#parts.writer.close();
  }

  interrupt(denial: Denial): void {
    const { call, endpoint, writer } = this.#parts;
    this.#send(streamError(endpoint, denial.reason, faultMessage(denial)));
    writer.close();
    // Node gathers what is written in one turn.
    setImmediate(() => call.abort());
  }

  #take(text: string): void {
    if (this.begun) {
      this.#send(text);
      return;
    }
    const { facts } = this.#stream;
    if (this.#hasFailed()) {
      this.#parts.fail(modelFault('failed', facts.fault));
      return;
    }
    this.#held += text;
    if (facts.pieces === 0 && !facts.isOver && this.#held.length < heldLimit) return;
    if (this.#open()) this.#send(this.#held);
    this.#held = '';
  }

  /** It failed before it said anything, and another server can be asked. */
  #hasFailed(): boolean {
    const { fault, pieces } = this.#stream.facts;
    return !this.begun && fault !== '' && pieces === 0 && this.#parts.hasNext();
  }

  #open(): boolean {
    const { committed, writer } = this.#parts;
    const lines = [...(this.#head?.lines ?? [])];
    // Its length is not that of what is sent.
    removeLines(lines, (name) => name === 'content-length');
    committed(this.#stream.facts.fault === '');
    return writer.begin(this.#status, { lines, contentLength: undefined, encoded: false });
  }

  #send(text: string): void {
    const { facts } = this.#stream;
    const nowMs = this.#parts.call.context.clock.monotonic();
    const isQuiet =
      text === '' && facts.hidden > this.#hidden && nowMs - this.#sentMs >= keepAliveMs;
    this.#hidden = facts.hidden;
    const sent = isQuiet ? commentText('keep-alive') : text;
    if (sent === '') return;
    this.#sentMs = nowMs;
    this.#parts.writer.write(Buffer.from(sent));
  }

  #noteProgress(isFirst: boolean): void {
    const { call, timers } = this.#parts;
    timers.progress();
    noteAnswer(call, this.#stream.facts);
    if (isFirst && call.model !== undefined) {
      call.model.firstTokenAtMs = call.context.clock.monotonic();
    }
  }
}
