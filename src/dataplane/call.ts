import type { Clock } from '../base/clock.ts';
import type { Labels } from '../ir/balancer.ts';
import type { Logger } from '../base/log.ts';
import type { AccountKeys } from './account-keys.ts';
import type { AccessLog } from './access-log.ts';
import { BodyWatch } from './body-watch.ts';
import type { ClientRequest, ClientResponse } from './client-message.ts';
import type { Denial, LocalReply } from './denial.ts';
import { watchDeparture } from './departure.ts';
import type { Connection, Exchange } from './exchange.ts';
import { removeLines, type HeaderLines } from './header-lines.ts';
import type { Limits } from './limits.ts';
import { modelEnd, type CallEnd } from './model-end.ts';
import type { ModelMeter } from './model-meter.ts';
import type { ModelNotes } from './model-notes.ts';
import type { DataPlaneMetrics } from './metrics.ts';
import { lineAt } from './header-edits.ts';
import { localLines } from './route-edits.ts';
import type { Stalls } from './stalls.ts';
import type { RequestSpan, Tracing } from './tracing.ts';

/** What every call of a data plane shares. */
export interface CallContext {
  readonly limits: Limits;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly accessLog: AccessLog | undefined;
  readonly metrics: DataPlaneMetrics;
  /** Counts requests for models; absent: nobody asks. */
  readonly models?: ModelMeter | undefined;
  /** Absent: requests are not traced. */
  readonly tracing?: Tracing | undefined;
  readonly stalls: Stalls;
  /** 0 to 1, for the jitter of retries. */
  readonly random: () => number;
  /** Of model servers, in force now. */
  readonly keys: AccountKeys;
}

/** The connection a call came on, as the server keeps it. */
export interface ClientConnection extends Connection {
  /** The next answer is to be the last on it. */
  lastAnswer: boolean;
  /** An answer said that it was the last. */
  closed: boolean;
  /** The call in work, the last one if there are several. */
  call: Call | undefined;
}

/** Someone to tell that the client has left. */
export interface Cancellable {
  readonly cancel: () => void;
}

/** A request on its connection, from arrival until its answer is out or the client is gone. */
export class Call {
  readonly context: CallContext;
  readonly exchange: Exchange;
  readonly connection: ClientConnection;
  readonly request: ClientRequest;
  readonly response: ClientResponse;
  /** What is under way for it. */
  pending: Cancellable | undefined = undefined;
  cluster = '';
  endpoint = '';
  /** What the destination of its route asks of an endpoint. */
  subset: Labels | undefined = undefined;
  /** Put behind the header lines of the upstream's answer. */
  readonly answerLines: HeaderLines = [];
  bytesSent = 0;
  /** Of a request for a model. */
  model: ModelNotes | undefined = undefined;
  /** All of the request's body, where it was read first. */
  body: Buffer | undefined = undefined;
  /** Between two pieces of the answer, and until a reader takes what waits for it; 0 = no bound. */
  streamIdleMs: number;
  /** Of a request that is traced. */
  readonly span: RequestSpan | undefined;
  readonly #startedMs: number;
  #firstByteMs = 0;
  #status = 0;
  #ended = false;
  #body: BodyWatch | undefined;

  constructor(
    context: CallContext,
    exchange: Exchange,
    connection: ClientConnection,
    { request, response }: { request: ClientRequest; response: ClientResponse },
  ) {
    this.context = context;
    this.streamIdleMs = context.limits.streamIdleMs;
    this.exchange = exchange;
    this.connection = connection;
    this.request = request;
    this.response = response;
    connection.call = this;
    this.#startedMs = context.clock.monotonic();
    response.call = this;
    response.on('close', onClose);
    response.on('error', onError);
    exchange.program.enter();
    context.metrics.requestStarted();
    this.span = context.tracing?.begin({
      rawHeaders: exchange.raw.rawHeaders,
      method: exchange.method,
      startedMs: this.startedMs,
    });
  }

  /** When the request came, in milliseconds since the epoch. */
  get startedMs(): number {
    const { clock } = this.context;
    return clock.now() - (clock.monotonic() - this.#startedMs);
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Nothing that is still under way may answer any more. */
  get answered(): boolean {
    return this.#ended || this.response.headersSent;
  }

  /** Ends the request for a fault of its body: with an answer, if none has begun. */
  refuseBody(denial: Denial): void {
    this.pending?.cancel();
    if (this.response.headersSent) this.abort();
    else this.deny(denial);
  }

  /** Lets the client send its body, if it asked, and bounds the time between two pieces. */
  awaitBody(): void {
    if (this.answered) return;
    if (this.response.expectsContinue) this.response.writeContinue();
    this.response.expectsContinue = false;
    this.#body = new BodyWatch(this);
    this.#body.begin();
  }

  /** Refuses the request. */
  deny(denial: Denial): void {
    this.exchange.reason = denial.reason;
    this.exchange.detail = denial.detail;
    this.reply(denial, denial.close === true);
  }

  /**
   * Answers without an upstream. A body that the client has sent already is read first: only for one that is still under
   * way the connection has to be closed.
   */
  reply(reply: LocalReply, close = false): void {
    if (close || !this.exchange.hasBody) this.#answer(reply, close);
    else setImmediate(() => this.#answer(reply, false));
  }

  /** Sends the head of an answer; false: the client is gone, or a line could not be written. */
  writeHead(status: number, lines: HeaderLines): boolean {
    const { response, connection, exchange } = this;
    if (this.answered) return false;
    // Of a body that is still under way no byte may ever be read as another request, behind an upgrade that was ignored
    // node's parser loses what came in the same piece, and node closes where `100 Continue` was asked for and not sent.
    const close =
      connection.lastAnswer ||
      exchange.asksUpgrade ||
      response.expectsContinue ||
      (exchange.hasBody && !this.request.complete);
    if (close) {
      connection.closed = true;
      lines.push('connection', 'close');
    }
    this.#nameServer(lines);
    try {
      response.writeHead(status, lines);
    } catch {
      this.abort();
      return false;
    }
    this.#status = status;
    this.#firstByteMs = this.context.clock.monotonic() - this.#startedMs;
    return true;
  }

  /** Sends the head that changes the protocol; false: the client is gone. */
  switchProtocol(lines: HeaderLines): boolean {
    if (this.answered) return false;
    const { upgrade } = this.exchange;
    this.#nameServer(lines);
    try {
      this.response.writeHead(101, [...lines, 'connection', 'Upgrade', 'upgrade', upgrade]);
      this.response.flushHeaders();
    } catch {
      this.abort();
      return false;
    }
    this.#status = 101;
    this.#firstByteMs = this.context.clock.monotonic() - this.#startedMs;
    return true;
  }

  /** Cuts the connection, or the stream: what was sent must not look like a whole answer. */
  abort(): void {
    this.response.cut();
  }

  #nameServer(lines: HeaderLines): void {
    const name = this.exchange.listener.listener.http?.serverName;
    if (name === undefined) return;
    removeLines(lines, (line) => line === 'server');
    lines.push('server', name);
  }

  #answer(reply: LocalReply, close: boolean): void {
    const { status, body, contentType = 'text/plain' } = reply;
    const bytes = Buffer.byteLength(body);
    const lines = localLines(this, reply);
    if (bytes > 0 && lineAt(lines, 'content-type') < 0) lines.push('content-type', contentType);
    if (status >= 200 && status !== 204 && status !== 304) {
      lines.push('content-length', String(bytes));
    }
    if (close) this.connection.lastAnswer = true;
    if (!this.writeHead(status, lines)) return;
    this.bytesSent = this.exchange.method === 'HEAD' ? 0 : bytes;
    this.response.end(body);
    watchDeparture(this);
  }

  /** The response is over, in one way or the other; runs once. */
  close(): void {
    if (this.#ended) return;
    this.#ended = true;
    const { exchange, context, response, connection } = this;
    this.#body?.end();
    if (connection.call === this) connection.call = undefined;
    const aborted = !response.writableFinished && this.#status !== 101;
    if (aborted) this.pending?.cancel();
    this.pending = undefined;
    const startedAtMs = this.#startedMs;
    const durationMs = context.clock.monotonic() - startedAtMs;
    this.#tell({ status: this.#status, aborted, durationMs, startedAtMs });
    if (exchange.trace !== undefined) {
      context.logger.debug({ path: exchange.path, trace: exchange.trace.steps }, 'request trace');
    }
    exchange.program.leave();
  }

  /** The metrics, the log and the trace hear of it. */
  #tell(end: CallEnd): void {
    const { exchange, context, cluster } = this;
    const { status, aborted, durationMs } = end;
    context.metrics.requestEnded({
      virtualHost: exchange.virtualHost?.virtualHost.name ?? '',
      verdict: exchange.verdict,
      reason: exchange.reason,
      status,
      durationMs,
    });
    const model = modelEnd(this, end);
    if (model !== undefined) context.models?.ended(model);
    context.accessLog?.(exchange, {
      status,
      cluster,
      endpoint: this.endpoint,
      durationMs,
      firstByteMs: this.#firstByteMs,
      bytesSent: this.bytesSent,
      aborted,
      model,
    });
    this.span?.end({ exchange, cluster, model, status, aborted, durationMs });
  }
}

function onClose(this: ClientResponse): void {
  this.call?.close();
}

function onError(this: ClientResponse): void {
  // 'close' follows and says all that is to be done; without a listener the process would end.
}
