import type { Duplex } from 'node:stream';

import type { Dispatcher } from 'undici';

import { protectResponse, removeKeyHeaders } from '../llm/protect-response.ts';
import type { KeyRedaction } from '../llm/key-redaction.ts';
import type { AnswerSink } from './answer-sink.ts';
import type { Call, Cancellable } from './call.ts';
import { resetBeforeHeaders, type Denial } from './denial.ts';
import type { EndpointPool } from './endpoint-pool.ts';
import { RequestBody } from './request-body.ts';
import type { OutgoingRequest } from './outgoing-request.ts';
import { answerHead, responseHead } from './response-headers.ts';
import { editResponse } from './route-edits.ts';
import { ResponseWriter } from './response-writer.ts';
import { Tunnel } from './tunnel.ts';
import type { Upstream, Waiter } from './upstream.ts';
import { isStaleConnection, upstreamFault, upstreamTimeout } from './upstream-fault.ts';

/** 1xx answers are not sent on; one that sends many is no HTTP server. */
const INFORMATIONAL_LIMIT = 16;

const overflow: Denial = {
  ...resetBeforeHeaders(503, 'overflow', 'overflow'),
  headers: ['x-envoy-overloaded', 'true'],
};
const clientLeft = new Error('the client left');
const triedAgain = new Error('another try follows');
const idempotent = new Set(['GET', 'HEAD', 'OPTIONS']);

/** One request to an upstream and the way of its answer to the client; undici's handler, without an object in between. */
export class UpstreamRequest implements Dispatcher.DispatchHandler, Cancellable, Waiter {
  readonly #call: Call;
  readonly #upstream: Upstream;
  readonly #endpoint: EndpointPool;
  readonly #outgoing: OutgoingRequest;
  #controller: Dispatcher.DispatchController | undefined;
  #writer: AnswerSink | undefined;
  #cancelTimeout: (() => void) | undefined;
  #entered = false;
  /** Nothing of this request may reach the client any more. */
  #over = false;
  #sent = false;
  #answered = false;
  #retried = false;
  #observed = false;
  #informational = 0;

  constructor(call: Call, upstream: Upstream, endpoint: EndpointPool, outgoing: OutgoingRequest) {
    this.#call = call;
    this.#upstream = upstream;
    this.#endpoint = endpoint;
    this.#outgoing = outgoing;
  }

  start(): void {
    const { body, owner } = this.#outgoing;
    if (owner !== undefined) {
      this.#enter();
      return;
    }
    // Envoy counts a route's timeout from the end of the request.
    if (body instanceof RequestBody) body.once('end', () => this.#armTimeout());
    else this.#armTimeout();
    this.#enter();
  }

  #enter(): void {
    if (this.#upstream.isFull) this.#fail(overflow);
    else if (this.#upstream.tryEnter()) this.admit();
    else if (!this.#upstream.queue(this, this.#call.context.limits.pendingRequests)) {
      this.#fail(overflow);
    }
  }

  admit(): void {
    this.#entered = true;
    this.#endpoint.active += 1;
    this.#dispatch();
  }

  /** Ends it for a fault that is seen from outside. */
  fail(denial: Denial): void {
    this.#fail(denial);
  }

  /** The client has left: the upstream is let go of at once. */
  cancel(): void {
    this.#stop(clientLeft);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    this.#sent = true;
    if (this.#over) controller.abort(clientLeft);
    else this.#outgoing.owner?.started();
  }

  onResponseStarted(): void {
    this.#answered = true;
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    if (this.#over) return;
    if (status < 200) {
      this.#informational += 1;
      if (this.#informational > INFORMATIONAL_LIMIT) {
        this.#fail(resetBeforeHeaders(502, 'protocol', 'protocol error'));
      }
      return;
    }
    this.#observe(status);
    const raw = controller.rawHeaders;
    const head = responseHead(Array.isArray(raw) ? raw : [], status);
    if (this.#outgoing.owner?.answered(status, head.lines) === true) {
      this.#stop(triedAgain);
      return;
    }
    const { backend = this.#upstream.backend } = this.#outgoing;
    const protection = backend && protectResponse(backend, answerHead(status, head));
    if (protection?.kind === 'replace') {
      const { status: told, body, reason } = protection;
      const contentType = 'application/json';
      this.#fail({ status: told, body, contentType, reason, detail: String(status) });
      return;
    }
    editResponse(this.#call, head.lines, status);
    if (backend !== undefined) removeKeyHeaders(head.lines, backend);
    head.lines.push(...this.#call.answerLines);
    const redaction = protection?.kind === 'redact' ? protection.redaction : undefined;
    this.#writer = this.#sink(controller, redaction);
    if (!this.#writer.begin(status, head)) this.#stop(clientLeft);
  }

  #sink(
    controller: Dispatcher.DispatchController,
    redaction: KeyRedaction | undefined,
  ): AnswerSink {
    const { sinkFor } = this.#outgoing;
    if (sinkFor === undefined) return new ResponseWriter(this.#call, controller, redaction);
    return sinkFor(controller, redaction, (denial) => this.#fail(denial));
  }

  /** From here on the two connections are one; undici does not know this one any more. */
  onRequestUpgrade(
    controller: Dispatcher.DispatchController,
    status: number,
    _headers: object,
    socket: Duplex,
  ): void {
    const raw = controller.rawHeaders;
    const head = responseHead(Array.isArray(raw) ? raw : [], status);
    this.#cancelTimeout?.();
    const declined = this.#over || this.#outgoing.owner?.answered(status, head.lines) === true;
    const client = this.#call.response.tunnel;
    editResponse(this.#call, head.lines, status);
    head.lines.push(...this.#call.answerLines);
    if (declined || client === undefined || !this.#call.switchProtocol(head.lines)) {
      socket.destroy();
      this.#finish();
      return;
    }
    this.#outgoing.owner?.ended();
    const tunnel = new Tunnel(this.#call, client, socket, () => this.#finish());
    tunnel.begin();
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#over) this.#writer?.write(chunk);
  }

  onResponseEnd(): void {
    const lack = this.#over ? undefined : this.#writer?.lacks?.();
    if (lack !== undefined) this.#fail(lack);
    const over = this.#over;
    this.#finish();
    if (!over) this.#writer?.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    if (this.#over) {
      this.#finish();
      return;
    }
    if (this.#mayRetry(error)) {
      this.#retried = true;
      this.#sent = false;
      this.#dispatch();
      return;
    }
    this.#fail(upstreamFault(error, this.#sent));
    this.#finish();
  }

  #dispatch(): void {
    const { method, path, headers, body } = this.#outgoing;
    const { exchange } = this.#call;
    const options: Dispatcher.DispatchOptions & { servername: string } = {
      method,
      path,
      headers,
      body,
      ...(exchange.upgrade === '' ? {} : { upgrade: exchange.upgrade }),
      servername: this.#endpoint.serverName,
      headersTimeout: this.#outgoing.idleMs ?? this.#call.streamIdleMs,
      bodyTimeout: this.#outgoing.idleMs ?? this.#call.streamIdleMs,
    };
    this.#endpoint.pool.dispatch(options, this);
  }

  /** Once, and only what can be sent twice without harm (RFC 9110 section 9.2.2). */
  #mayRetry(error: Error): boolean {
    const { method, body } = this.#outgoing;
    return (
      this.#sent &&
      !this.#answered &&
      !this.#retried &&
      body === null &&
      idempotent.has(method) &&
      isStaleConnection(error)
    );
  }

  #armTimeout(): void {
    const action = this.#call.exchange.route?.route.action;
    const timeoutMs = action?.kind === 'forward' ? action.timeoutMs : 0;
    if (timeoutMs === 0 || this.#over) return;
    this.#cancelTimeout = this.#call.context.clock.after(timeoutMs, () =>
      this.#fail(upstreamTimeout),
    );
  }

  /** Once for each request: what its endpoint made of it. */
  #observe(status: number): void {
    if (!this.#observed) this.#endpoint.health?.answered(status);
    this.#observed = true;
  }

  /** Ends the request for a fault of the upstream: an answer if none has begun, else the connection is cut. */
  #fail(denial: Denial): void {
    if (this.#over) return;
    const begun = this.#writer?.begun === true;
    // Envoy counts what the connection does as an answer of the upstream.
    if (this.#entered && denial.reason !== 'internal') this.#observe(denial.status);
    this.#call.context.metrics.upstreamFailed(this.#call.cluster, denial.reason);
    this.#stop(new Error(denial.reason));
    if (begun) {
      this.#outgoing.owner?.broke?.(denial);
      this.#call.exchange.reason = denial.reason;
      this.#call.exchange.detail = denial.detail;
      if (this.#writer?.interrupt === undefined) this.#call.abort();
      else this.#writer.interrupt(denial);
      return;
    }
    const { owner } = this.#outgoing;
    const told = owner === undefined ? denial : owner.failed(denial);
    if (told !== undefined) this.#call.deny(told);
  }

  #stop(cause: Error): void {
    if (this.#over) return;
    this.#over = true;
    this.#cancelTimeout?.();
    if (!this.#entered) this.#upstream.unqueue(this);
    // Nothing of it will be sent any more, however long it takes to connect.
    if (!this.#sent) this.#outgoing.slot?.free();
    this.#writer?.close();
    this.#controller?.abort(cause);
    if (this.#outgoing.body instanceof RequestBody) this.#outgoing.body.destroy();
  }

  /** The connection is free again; undici calls one of end and error, once. */
  #finish(): void {
    this.#over = true;
    this.#cancelTimeout?.();
    this.#outgoing.slot?.free();
    this.#outgoing.owner?.ended();
    if (!this.#entered) return;
    this.#entered = false;
    this.#endpoint.active -= 1;
    this.#upstream.leave();
  }
}
