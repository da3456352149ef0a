import { createParser, type EventSourceMessage, type EventSourceParser } from 'eventsource-parser';

/** An event of a stream; `data` is never cut. */
export type StreamEvent = EventSourceMessage;

/** Who hears of what is in a stream. */
export interface EventListener {
  readonly event: (event: StreamEvent) => void;
  readonly comment: (text: string) => void;
  readonly retry: (ms: number) => void;
}

/** Characters of one event; answers that are not cut into tokens come near to it, with pictures in them. */
const eventLimit = 16 * 1024 * 1024;

/** Reads a stream of events from bytes that are cut anywhere; what makes an event is the standard's (WHATWG HTML 9.2). */
export class EventReader {
  readonly #parser: EventSourceParser;
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  #isTooLong = false;

  constructor(listener: EventListener, limit = eventLimit) {
    this.#parser = createParser({
      onEvent: listener.event,
      onComment: listener.comment,
      onRetry: listener.retry,
      onError: ({ type }) => {
        if (type === 'max-buffer-size-exceeded') this.#isTooLong = true;
      },
      maxBufferSize: limit,
    });
  }

  /** An event was longer than is read: nothing more of the stream is. */
  get isTooLong(): boolean {
    return this.#isTooLong;
  }

  push(chunk: Buffer): void {
    if (!this.#isTooLong) this.#parser.feed(this.#decoder.decode(chunk, { stream: true }));
  }

  /** There is no more: an event whose empty line is missing counts as one, as most clients take it. */
  end(): void {
    if (!this.#isTooLong) this.#parser.feed(`${this.#decoder.decode()}\n\n`);
  }
}

/** An event as it is sent on. */
export function eventText({ event, id, data }: StreamEvent): string {
  const name = event === undefined ? '' : `event: ${event}\n`;
  const place = id === undefined ? '' : `id: ${id}\n`;
  const lines = data.includes('\n') ? data.replaceAll('\n', '\ndata: ') : data;
  return `${name}${place}data: ${lines}\n\n`;
}

/** A comment as it is sent on. */
export function commentText(text: string): string {
  return `: ${text}\n\n`;
}
