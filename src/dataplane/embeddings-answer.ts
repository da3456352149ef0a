import { UsageTail } from '../llm/usage-tail.ts';
import type { AnswerSink } from './answer-sink.ts';
import type { ModelAnswerParts } from './model-answer-parts.ts';
import type { ResponseHead } from './response-headers.ts';

/** Sends embeddings on as they come, which may be long, and looks at what they took. */
export class EmbeddingsAnswer implements AnswerSink {
  readonly #parts: ModelAnswerParts;
  readonly #tail = new UsageTail();

  constructor(parts: ModelAnswerParts) {
    this.#parts = parts;
  }

  get begun(): boolean {
    return this.#parts.writer.begun;
  }

  begin(status: number, head: ResponseHead): boolean {
    this.#parts.committed(true);
    return this.#parts.writer.begin(status, head);
  }

  write(chunk: Buffer): void {
    this.#tail.push(chunk);
    this.#parts.writer.write(chunk);
  }

  end(): void {
    const { model } = this.#parts.call;
    if (model !== undefined) model.usage = this.#tail.usage;
    this.#parts.writer.end();
  }

  close(): void {
    this.#parts.writer.close();
  }
}
