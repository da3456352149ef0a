import type { AnswerFacts } from './answer-facts.ts';
import { answerShape } from './answer-shape.ts';
import type { AnswerShape, AnswerView } from './answer-view.ts';
import { commentText, EventReader, eventText, type StreamEvent } from './event-reader.ts';
import { parseRecord, type JsonRecord } from './json-record.ts';
import type { ModelEndpoint } from './model-endpoint.ts';

/** Why nothing more of a stream is sent. */
export type StreamFault = 'too long' | 'unreadable' | 'leaked';

const lastData = '[DONE]';

/** An answer that comes in events: what is sent of it depends on the bytes alone, not on the pieces they come in. */
export class AnswerStream {
  readonly #shape: AnswerShape;
  readonly #hide: boolean;
  readonly #reader: EventReader;
  #out = '';
  #fault: StreamFault | undefined;

  constructor(endpoint: ModelEndpoint, view: AnswerView) {
    this.#shape = answerShape(endpoint, view);
    this.#hide = view.hide;
    this.#reader = new EventReader({
      event: (event) => {
        if (this.#fault === undefined) this.#tryEvent(event);
      },
      comment: (text) => {
        // Nobody knows what a server writes there, or after what.
        this.#out += commentText(this.#hide ? 'keep-alive' : text);
      },
      retry: (ms) => {
        this.#out += `retry: ${ms}\n\n`;
      },
    });
  }

  get facts(): AnswerFacts {
    return this.#shape.facts;
  }

  /** Undefined: there is none. */
  get fault(): StreamFault | undefined {
    return this.#reader.isTooLong ? 'too long' : this.#fault;
  }

  /** Text that may be sent now. */
  push(chunk: Buffer): string {
    this.#reader.push(chunk);
    return this.#taken();
  }

  /** The stream is over, and so it is known what was held back. */
  end(): string {
    this.#reader.end();
    this.#write(this.#shape.rest(), undefined);
    return this.#taken();
  }

  #taken(): string {
    const text = this.#out;
    this.#out = '';
    return text;
  }

  #tryEvent(event: StreamEvent): void {
    try {
      this.#event(event);
    } catch (thrown) {
      // Deeper than the stack.
      if (!(thrown instanceof RangeError)) throw thrown;
      this.#fault = 'unreadable';
    }
  }

  #event(event: StreamEvent): void {
    if (event.data === lastData) {
      this.#write(this.#shape.rest(), undefined);
      this.facts.isOver = true;
      this.#out += eventText(event);
      return;
    }
    const document = parseRecord(event.data);
    if (document === undefined) {
      this.#unknown(event);
      return;
    }
    const sent = this.#shape.event(document, event.event ?? '');
    // What comes behind it may still be reasoning.
    if (this.#shape.hasLeaked) this.#fault = 'leaked';
    else if (sent[0] === document) this.#out += eventText(event);
    else this.#write(sent, event);
  }

  /** No JSON: it is sent on where nothing has to be hidden. */
  #unknown(event: StreamEvent): void {
    if (this.#hide) this.#fault = 'unreadable';
    else this.#out += eventText(event);
  }

  #write(documents: readonly JsonRecord[], event: StreamEvent | undefined): void {
    for (const document of documents) {
      const { type } = document;
      const name = typeof type === 'string' ? type : event?.event;
      this.#out += eventText({
        ...(event?.event === undefined ? {} : { event: name }),
        ...(event?.id === undefined ? {} : { id: event.id }),
        data: JSON.stringify(document),
      });
    }
  }
}
