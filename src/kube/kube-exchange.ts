import {
  constants,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
} from 'node:http2';

/** One request, ready to be sent. */
export interface KubeCall {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** Ends the call, whatever it is doing. */
  readonly signal: AbortSignal;
}

/** The head of an answer, and its body as it arrives; reading it throws when it is cut short. */
export interface KubeAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: AsyncIterable<Buffer>;
}

/** The call was not looked at by the server: it may be sent again, whatever its method. */
export class UnsentError extends Error {
  constructor(cause?: unknown) {
    super('the connection takes no more requests', { cause });
    this.name = 'UnsentError';
  }
}

/** Sends a call as a stream of the connection; `ended` is told when the stream's place is free again. */
export function sendOverHttp2(
  session: ClientHttp2Session,
  call: KubeCall,
  ended: () => void,
): Promise<KubeAnswer> {
  let stream: ClientHttp2Stream;
  try {
    call.signal.throwIfAborted();
    stream = openStream(session, call);
  } catch (thrown) {
    ended();
    return Promise.reject(thrown);
  }
  const abort = (): void => {
    // The server is told first: destroying a stream says "internal error" to it.
    stream.close(constants.NGHTTP2_CANCEL);
    stream.destroy(call.signal.reason as Error);
  };
  call.signal.addEventListener('abort', abort, { once: true });
  stream.once('close', () => {
    call.signal.removeEventListener('abort', abort);
    ended();
  });
  return answerOf(stream);
}

function openStream(session: ClientHttp2Session, call: KubeCall): ClientHttp2Stream {
  const head = { ...call.headers, ':method': call.method, ':path': call.path };
  const stream = session.request(head, { endStream: call.body === undefined });
  if (call.body !== undefined) stream.end(call.body);
  return stream;
}

function answerOf(stream: ClientHttp2Stream): Promise<KubeAnswer> {
  return new Promise((resolve, reject) => {
    // Later ones come to whoever reads the body; without a listener they would end the process.
    stream.on('error', (error) => reject(unsent(stream, error) ? new UnsentError(error) : error));
    stream.once('close', () => reject(unsent(stream) ? new UnsentError() : cutShort(stream)));
    stream.once('response', (headers: IncomingHttpHeaders & IncomingHttpStatusHeader) => {
      resolve({ status: headers[':status'] ?? 0, headers, body: bodyOf(stream) });
    });
  });
}

/** What a stream fails with when the connection was closed before it began. */
const closedBefore = new Set<unknown>(['ERR_HTTP2_GOAWAY_SESSION', 'ERR_HTTP2_INVALID_SESSION']);

function unsent(stream: ClientHttp2Stream, error?: Error): boolean {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return stream.rstCode === constants.NGHTTP2_REFUSED_STREAM || closedBefore.has(code);
}

function cutShort(stream: ClientHttp2Stream): Error {
  return new Error(`the answer was cut short (HTTP/2 code ${stream.rstCode})`);
}

/** Node ends the body in peace also when the connection breaks: only the code tells it from an end that the server made. */
async function* bodyOf(stream: ClientHttp2Stream): AsyncGenerator<Buffer, void> {
  try {
    yield* chunksOf(stream);
    if (stream.rstCode !== constants.NGHTTP2_NO_ERROR) throw cutShort(stream);
  } finally {
    if (!stream.closed) stream.close(constants.NGHTTP2_CANCEL);
  }
}

/**
 * The loop that Node has for streams takes `closed` for an end without the rest; of HTTP/2 it says that all frames have
 * come, and then a short answer that was read a moment late would be lost.
 */
async function* chunksOf(stream: ClientHttp2Stream): AsyncGenerator<Buffer, void> {
  let wake = (): void => undefined;
  const woken = (): void => wake();
  for (const event of ['readable', 'end', 'close']) stream.on(event, woken);
  for (;;) {
    const chunk = stream.read() as Buffer | null;
    if (chunk !== null) {
      yield chunk;
    } else if (stream.readableEnded || stream.destroyed) {
      break;
    } else {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }
  if (stream.errored) throw stream.errored;
}
