import type { Dispatcher } from 'undici';

import type { KeyRedaction } from '../llm/key-redaction.ts';
import type { AnswerSink } from './answer-sink.ts';
import type { Call } from './call.ts';
import { watchDeparture } from './departure.ts';
import type { ResponseHead } from './response-headers.ts';
import type { Watched } from './stalls.ts';

/** Up to this, copying costs less than a gathering write. */
const SHORT_BYTES = 4096;

/** Writes an upstream's answer to the client, no faster than the client reads. */
export class ResponseWriter implements AnswerSink, Watched {
  readonly #call: Call;
  readonly #controller: Dispatcher.DispatchController;
  readonly #redaction: KeyRedaction | undefined;
  /** Of a declared length; -1: framed here. */
  #remaining = -1;
  begun = false;
  #wrote = false;
  #ended = false;
  #waits = false;
  #listens = false;

  constructor(
    call: Call,
    controller: Dispatcher.DispatchController,
    redaction: KeyRedaction | undefined,
  ) {
    this.#call = call;
    this.#controller = controller;
    this.#redaction = redaction;
  }

  /** False: there is nobody to answer. */
  begin(status: number, head: ResponseHead): boolean {
    this.begun = true;
    if (!this.#call.writeHead(status, head.lines)) return false;
    this.#remaining = head.contentLength ?? -1;
    process.nextTick(ResponseWriter.#flushHead, this);
    return true;
  }

  write(chunk: Buffer): void {
    const data = this.#redaction === undefined ? chunk : this.#redaction.push(chunk);
    if (data.length === 0) return;
    this.#wrote = true;
    const { response } = this.#call;
    this.#call.bytesSent += data.length;
    if (this.#remaining === data.length) {
      // All of it in hand: one write in place of two, and for a short one head and body in one text.
      this.#ended = true;
      if (data.length <= SHORT_BYTES) response.end(data.toString('latin1'), 'latin1');
      else response.end(data);
      watchDeparture(this.#call);
      return;
    }
    if (this.#remaining > 0) this.#remaining -= data.length;
    if (!response.write(data)) this.#pause();
  }

  end(): void {
    this.close();
    if (this.#ended) return;
    this.#ended = true;
    const rest = this.#redaction?.end();
    if (rest === undefined || rest.length === 0) this.#call.response.end();
    else {
      this.#call.bytesSent += rest.length;
      this.#call.response.end(rest);
    }
    watchDeparture(this.#call);
  }

  /** Nothing more will be written. */
  close(): void {
    if (!this.#waits) return;
    this.#waits = false;
    this.#call.context.stalls.unwatch(this);
  }

  /** The client has not taken yet what it was sent. */
  get isWaiting(): boolean {
    return this.#waits;
  }

  get limitMs(): number {
    return this.#call.streamIdleMs;
  }

  progress(): number {
    return this.#call.response.bytesTaken;
  }

  /** The client does not read: its connection is cut, which lets go of the upstream. */
  stalled(): void {
    this.#call.abort();
  }

  #pause(): void {
    if (this.#waits) return;
    this.#waits = true;
    this.#controller.pause();
    if (this.limitMs > 0) this.#call.context.stalls.watch(this);
    if (this.#listens) return;
    this.#listens = true;
    this.#call.response.on('drain', () => {
      if (!this.#waits) return;
      this.close();
      this.#controller.resume();
    });
  }

  /** The head goes out by itself if no data came in the same piece. */
  static #flushHead(this: void, writer: ResponseWriter): void {
    if (!writer.#wrote && !writer.#ended && !writer.#call.ended) {
      writer.#call.response.flushHeaders();
    }
  }
}
