import type { Dispatcher } from 'undici';

import type { KeyRedaction } from '../llm/key-redaction.ts';
import type { AnswerSink } from './answer-sink.ts';
import type { Denial } from './denial.ts';
import { EmbeddingsAnswer } from './embeddings-answer.ts';
import { lineAt } from './header-edits.ts';
import type { ModelAnswerParts, ModelAnswerRules } from './model-answer-parts.ts';
import { modelFault } from './model-fault.ts';
import type { ResponseHead } from './response-headers.ts';
import { ResponseWriter } from './response-writer.ts';
import { StreamedAnswer } from './streamed-answer.ts';
import { WholeAnswer } from './whole-answer.ts';

const eventStream = /^text\/event-stream\b/i;
const jsonText = /^application\/(?:[\w.-]+\+)?json\b/i;

/** Takes the answer of a model server: makes of it what the caller is to see, and notes what it says of itself. */
export class ModelAnswer implements AnswerSink {
  readonly #parts: ModelAnswerParts;
  #sink: AnswerSink | undefined;

  constructor(
    { call, fail }: Pick<ModelAnswerParts, 'call' | 'fail'>,
    rules: ModelAnswerRules,
    controller: Dispatcher.DispatchController,
    redaction: KeyRedaction | undefined,
  ) {
    const writer = new ResponseWriter(call, controller, redaction);
    this.#parts = { ...rules, call, fail, writer, usesOurKey: redaction !== undefined };
  }

  get begun(): boolean {
    return this.#sink?.begun === true;
  }

  begin(status: number, head: ResponseHead): boolean {
    const sink = this.#sinkFor(status, head);
    if (sink === undefined) {
      this.#parts.fail(modelFault('unreadable'));
      return true;
    }
    this.#sink = sink;
    return sink.begin(status, head);
  }

  write(chunk: Buffer): void {
    this.#sink?.write(chunk);
  }

  lacks(): Denial | undefined {
    return this.#sink?.lacks?.();
  }

  end(): void {
    this.#parts.timers.stop();
    this.#sink?.end();
  }

  close(): void {
    this.#parts.timers.stop();
    this.#sink?.close();
  }

  interrupt(denial: Denial): void {
    if (this.#sink?.interrupt === undefined) this.#parts.call.abort();
    else this.#sink.interrupt(denial);
  }

  /** Undefined: something in the answer might have to be hidden, and it cannot be read. */
  #sinkFor(status: number, { lines, encoded }: ResponseHead): AnswerSink | undefined {
    const { endpoint, view, writer, committed } = this.#parts;
    const type = lines[lineAt(lines, 'content-type') + 1] ?? '';
    const isRead = status < 300 && !encoded;
    if (isRead && endpoint === 'embeddings') return new EmbeddingsAnswer(this.#parts);
    if (isRead && eventStream.test(type)) return new StreamedAnswer(this.#parts);
    // One that is not streamed has its whole time.
    this.#parts.timers.stop();
    if (isRead && jsonText.test(type)) return new WholeAnswer(this.#parts);
    if (status < 300 && view.hide) return undefined;
    committed(status < 300);
    return writer;
  }
}
