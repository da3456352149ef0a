import type { AttemptCount, RetryPolicy } from '../ir/retry.ts';
import type { BodyCopy } from './body-copy.ts';
import type { Call, Cancellable } from './call.ts';
import type { Denial } from './denial.ts';
import type { EndpointPool } from './endpoint-pool.ts';
import { noEndpoint } from './forward-refusal.ts';
import { removeLines, type HeaderLines } from './header-lines.ts';
import { linesAgain } from './outgoing-head.ts';
import { RequestBody } from './request-body.ts';
import { nextEndpoint } from './request-hash.ts';
import { retriesAnswer, retriesFault, retryDelayMs } from './retry-rule.ts';
import type { Upstream } from './upstream.ts';
import { upstreamTimeout } from './upstream-fault.ts';
import type { OutgoingRequest, TryOwner } from './outgoing-request.ts';
import { UpstreamRequest } from './upstream-request.ts';

/** What a route says of tries. */
export interface TryRules {
  readonly retry: RetryPolicy | undefined;
  readonly attemptCount: AttemptCount | undefined;
  readonly timeoutMs: number;
}

/** What is sent, and how it can be sent again. */
export interface TriedRequest {
  readonly outgoing: OutgoingRequest;
  /** Of a body that is not in hand. */
  readonly copy: BodyCopy | undefined;
}

const countHeader = 'x-envoy-attempt-count';

/** The tries of one request, one after the other: all but the last are kept from the client. */
export class Tries implements Cancellable, TryOwner {
  readonly #call: Call;
  readonly #upstream: Upstream;
  readonly #rules: TryRules;
  readonly #request: TriedRequest;
  #count = 0;
  /** Of the last try. */
  #headers: HeaderLines;
  #current: UpstreamRequest | undefined;
  #over = false;
  /** One that counts against what the cluster may have is under way. */
  #retrying = false;
  #timedOut = false;
  #cancelTimeout: (() => void) | undefined;
  #cancelTryTimeout: (() => void) | undefined;
  #cancelWait: (() => void) | undefined;

  constructor(call: Call, upstream: Upstream, rules: TryRules, request: TriedRequest) {
    this.#call = call;
    this.#upstream = upstream;
    this.#rules = rules;
    this.#request = request;
    this.#headers = request.outgoing.headers;
  }

  start(endpoint: EndpointPool): void {
    const { body } = this.#request.outgoing;
    if (body instanceof RequestBody) body.once('end', () => this.#armTimeout());
    else this.#armTimeout();
    this.#try(endpoint, this.#request.outgoing);
  }

  cancel(): void {
    this.#end();
    this.#cancelTimeout?.();
    this.#current?.cancel();
  }

  ended(): void {
    if (this.#over) this.#cancelTimeout?.();
  }

  started(): void {
    const perTryMs = this.#rules.retry?.perTryTimeoutMs;
    if (perTryMs === undefined || this.#over) return;
    const current = this.#current;
    this.#cancelTryTimeout?.();
    this.#cancelTryTimeout = this.#call.context.clock.after(perTryMs, () =>
      current?.fail(upstreamTimeout),
    );
  }

  answered(status: number, lines: HeaderLines): boolean {
    const { retry, attemptCount } = this.#rules;
    this.#cancelTryTimeout?.();
    if (retry && retriesAnswer(retry, status, lines) && this.#again(retry)) return true;
    this.#end();
    if (attemptCount?.response === true) {
      removeLines(lines, (name) => name === countHeader);
      lines.push(countHeader, String(this.#count));
    }
    return false;
  }

  failed(denial: Denial): Denial | undefined {
    const { retry } = this.#rules;
    this.#cancelTryTimeout?.();
    const may = !this.#timedOut && retry && retriesFault(retry, denial.reason);
    if (may && this.#again(retry)) return undefined;
    this.#end();
    this.#cancelTimeout?.();
    return this.#told(denial);
  }

  #try(endpoint: EndpointPool, outgoing: OutgoingRequest): void {
    this.#count += 1;
    this.#call.endpoint = endpoint.label;
    this.#current = new UpstreamRequest(this.#call, this.#upstream, endpoint, {
      ...outgoing,
      headers: this.#counted(outgoing.headers),
      owner: this,
    });
    this.#current.start();
  }

  #counted(headers: HeaderLines): HeaderLines {
    if (this.#rules.attemptCount?.request !== true) return headers;
    const lines = [...headers];
    removeLines(lines, (name) => name === countHeader);
    lines.push(countHeader, String(this.#count));
    return lines;
  }

  /** False: there is no other try. */
  #again(retry: RetryPolicy): boolean {
    this.#leaveBudget();
    const body = this.#bodyAgain();
    if (this.#over || this.#count > retry.retries || body === undefined) return false;
    if (!this.#upstream.tryRetry()) return false;
    this.#retrying = true;
    const { clock, random } = this.#call.context;
    const waitMs = retryDelayMs(retry, this.#count, random);
    this.#current = undefined;
    this.#cancelWait = clock.after(waitMs, () => this.#retry(body));
    return true;
  }

  #retry(body: Buffer | null): void {
    if (this.#over) return;
    const endpoint = nextEndpoint(this.#call, this.#upstream);
    if (endpoint === undefined) return this.#answer(noEndpoint);
    this.#headers = linesAgain(this.#call, this.#upstream, endpoint, this.#headers);
    this.#try(endpoint, { ...this.#request.outgoing, headers: this.#headers, body });
  }

  /** Undefined: not all of it is here, so that it cannot be sent again. */
  #bodyAgain(): Buffer | null | undefined {
    const { outgoing, copy } = this.#request;
    return outgoing.body instanceof RequestBody ? copy?.whole : outgoing.body;
  }

  #armTimeout(): void {
    const { timeoutMs } = this.#rules;
    if (timeoutMs === 0 || this.#over) return;
    this.#cancelTimeout = this.#call.context.clock.after(timeoutMs, () => this.#timeOut());
  }

  /** Of all tries together. */
  #timeOut(): void {
    this.#timedOut = true;
    if (this.#current === undefined) this.#answer(upstreamTimeout);
    else this.#current.fail(upstreamTimeout);
  }

  #answer(denial: Denial): void {
    this.#end();
    this.#cancelTimeout?.();
    this.#call.deny(this.#told(denial));
  }

  /** In Envoy's words, and with its count. */
  #told(denial: Denial): Denial {
    const body =
      this.#count > 1
        ? denial.body.replace('. reset reason: ', '. retried and the latest reset reason: ')
        : denial.body;
    if (this.#rules.attemptCount?.response !== true) return { ...denial, body };
    return { ...denial, body, headers: [...(denial.headers ?? []), countHeader, `${this.#count}`] };
  }

  #leaveBudget(): void {
    if (this.#retrying) this.#upstream.endRetry();
    this.#retrying = false;
  }

  /** No other try will be made; the answer may still be on its way, within the time of the route. */
  #end(): void {
    this.#over = true;
    this.#leaveBudget();
    this.#cancelWait?.();
    this.#cancelTryTimeout?.();
  }
}
