import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';

/** A request that arrived. Headers stand here with their values: this is a test double, not a proxy. */
export interface MockRequest {
  readonly number: number;
  readonly method: string;
  /** With its query, as it arrived. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Names and values in turn, as they arrived. */
  readonly rawHeaders: readonly string[];
  /** JSON where it is JSON, else text. */
  readonly body: unknown;
  /** 0 until the head was sent. */
  readonly status: number;
  /** Chunks of a stream, or documents, that were sent. */
  readonly chunks: number;
  /** `left`: the client went away first. `cut`: the stand-in broke off. */
  readonly state: 'open' | 'answered' | 'left' | 'cut';
}

/** An entry that is still being written. */
export interface MockEntry {
  readonly request: MockRequest;
  readonly sent: () => void;
  /** The stand-in is about to break off: what follows is not the client's doing. */
  readonly cutting: () => void;
}

/** What arrived so far. */
export interface MockJournal {
  readonly open: (message: IncomingMessage, response: ServerResponse, body: unknown) => MockEntry;
  readonly list: () => readonly MockRequest[];
  readonly clear: () => void;
}

/** So many requests are kept at most; a stand-in that runs for days does not grow. */
const kept = 50_000;

/** Keeps requests with their fate, oldest first; `onEnd` is told when one has ended. */
export function createMockJournal(onEnd: (request: MockRequest) => void): MockJournal {
  let entries: MockRequest[] = [];
  let count = 0;
  return {
    open: (message, response, body) => {
      count += 1;
      const entry = openEntry({ message, response, body, number: count }, onEnd);
      entries.push(entry.request);
      if (entries.length > kept) entries = entries.slice(-kept / 2);
      return entry;
    },
    list: () => entries,
    clear: () => {
      entries = [];
    },
  };
}

function openEntry(
  exchange: {
    readonly message: IncomingMessage;
    readonly response: ServerResponse;
    readonly body: unknown;
    readonly number: number;
  },
  onEnd: (request: MockRequest) => void,
): MockEntry {
  const { message, response, body, number } = exchange;
  let cut = false;
  const request = {
    number,
    method: message.method ?? '',
    path: message.url ?? '',
    headers: message.headers,
    rawHeaders: message.rawHeaders,
    body,
    status: 0,
    chunks: 0,
    state: 'open' as MockRequest['state'],
  };
  response.once('close', () => {
    request.status = response.headersSent ? response.statusCode : 0;
    if (cut) request.state = 'cut';
    else request.state = response.writableFinished ? 'answered' : 'left';
    onEnd(request);
  });
  return {
    request,
    sent: () => {
      request.chunks += 1;
      request.status = response.statusCode;
    },
    cutting: () => {
      cut = true;
    },
  };
}
