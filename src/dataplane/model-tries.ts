import { messageOf } from '../base/errors.ts';
import type { AttemptCount, RetryPolicy } from '../ir/retry.ts';
import { countAttempt } from './attempt-count.ts';
import type { Slot } from './account.ts';
import type { Call, Cancellable } from './call.ts';
import { internalError, type Denial, type DenialReason } from './denial.ts';
import type { EndpointPool } from './endpoint-pool.ts';
import { clusterRefusal, noEndpoint, refusedAccount } from './forward-refusal.ts';
import type { HeaderLines } from './header-lines.ts';
import { sayJson } from './json-content-type.ts';
import { asksUnencoded, type ModelAnswers } from './model-answers.ts';
import type { ModelBreaker } from './model-breaker.ts';
import { KeyRenewal } from './key-renewal.ts';
import { modelVerdict, pauseAskedMs } from './model-failure.ts';
import { hasRoom, waitForRoom } from './model-slots.ts';
import { ModelTargets, type ModelTarget } from './model-targets.ts';
import { outgoingHead } from './outgoing-head.ts';
import type { OutgoingRequest, TryOwner } from './outgoing-request.ts';
import { nextEndpoint } from './request-hash.ts';
import { retriesAnswer, retriesFault, retryDelayMs } from './retry-rule.ts';
import { upstreamTimeout } from './upstream-fault.ts';
import { UpstreamRequest } from './upstream-request.ts';

/** What a route says of tries. */
export interface ModelTryRules {
  readonly retry: RetryPolicy | undefined;
  readonly attemptCount: AttemptCount | undefined;
  /** Of all tries together; 0: none. */
  readonly timeoutMs: number;
}

/** How the parts of a request are made for one model server. */
export interface ModelSending {
  /** The body for this server, or why it cannot have one. */
  readonly bodyFor: (target: ModelTarget) => Buffer | null | Denial;
  /** Who takes the answers; undefined: they go out as they come. */
  readonly answers?: ModelAnswers;
  /** Told of each request that is sent; the first is 1. */
  readonly sent?: (outgoing: OutgoingRequest, target: ModelTarget, count: number) => void;
}

/** Faults that say nothing of the server. */
const ownFaults: ReadonlySet<DenialReason> = new Set(['internal', 'overflow', 'upstream_auth']);

/** Asks one model server after the other, until one has something for the client. */
export class ModelTries implements Cancellable {
  readonly #call: Call;
  readonly #all: readonly ModelTarget[];
  readonly #rules: ModelTryRules;
  readonly #sending: ModelSending;
  readonly #keys: KeyRenewal;
  #targets: ModelTargets;
  #target: ModelTarget | undefined;
  #count = 0;
  #current: UpstreamRequest | undefined;
  #over = false;
  /** All servers were asked once: what follows are retries of the route, and counted. */
  #isRetrying = false;
  #timedOut = false;
  /** Of the server whose retries this one counts against. */
  #leaveBudget: (() => void) | undefined;
  #cancelTimeout: (() => void) | undefined;
  #cancelTryTimeout: (() => void) | undefined;
  #cancelWait: (() => void) | undefined;

  constructor(
    call: Call,
    targets: readonly ModelTarget[],
    rules: ModelTryRules,
    sending: ModelSending,
  ) {
    this.#call = call;
    this.#all = targets;
    this.#rules = rules;
    this.#sending = sending;
    this.#keys = new KeyRenewal(call);
    this.#targets = new ModelTargets(targets);
  }

  /** Servers that were asked. */
  get count(): number {
    return this.#count;
  }

  /** Whether another server can be asked when this one fails before its first token. */
  get hasNext(): boolean {
    if (this.#over || this.#timedOut || this.#targets.size === 0) return false;
    return !this.#isRetrying || this.#count <= (this.#rules.retry?.retries ?? 0);
  }

  start(): void {
    const { timeoutMs } = this.#rules;
    const { clock } = this.#call.context;
    if (timeoutMs > 0) this.#cancelTimeout = clock.after(timeoutMs, () => this.#timeOut());
    this.#ask();
  }

  cancel(): void {
    this.#end();
    this.#cancelTimeout?.();
    this.#sending.answers?.stopped();
    this.#current?.cancel();
  }

  /** The client gets something of this answer: no other server will be asked. */
  committed(isServed: boolean): void {
    if (isServed) this.#target?.upstream.breaker?.succeeded();
    this.#end();
  }

  /** Of one try: what a former one still has to say counts no more. */
  #owner(count: number): TryOwner {
    return {
      started: () => this.#started(),
      answered: (status, lines) => this.#answered(status, lines),
      failed: (denial) => this.#failed(denial),
      broke: (denial) => this.#suspect(denial),
      ended: () => {
        if (count !== this.#count) return;
        this.#sending.answers?.stopped();
        if (this.#over) this.#cancelTimeout?.();
      },
    };
  }

  #started(): void {
    const perTryMs = this.#rules.retry?.perTryTimeoutMs;
    const current = this.#current;
    this.#sending.answers?.started((denial) => current?.fail(denial));
    if (perTryMs === undefined || this.#over) return;
    this.#cancelTryTimeout?.();
    this.#cancelTryTimeout = this.#call.context.clock.after(perTryMs, () =>
      current?.fail(upstreamTimeout),
    );
  }

  #answered(status: number, lines: HeaderLines): boolean {
    const { retry, attemptCount } = this.#rules;
    this.#cancelTryTimeout?.();
    if (this.#waitForKey(status)) return true;
    if (this.#judge(status, lines) && this.#askNext()) {
      this.#call.context.metrics.upstreamFailed(this.#call.cluster, 'answer');
      return true;
    }
    if (retry && retriesAnswer(retry, status, lines) && this.#again(retry)) return true;
    if (attemptCount?.response === true) countAttempt(lines, this.#count);
    if (this.#sending.answers === undefined) this.#end();
    return false;
  }

  /** True: the server may be asked once more, with another key. */
  #waitForKey(status: number): boolean {
    const target = this.#target;
    if (target === undefined || this.#over || this.#timedOut) return false;
    const waits = this.#keys.answered(target.upstream, status, (hasKey) => {
      if (hasKey) this.#targets.putBack(target);
      else target.upstream.breaker?.failed(this.#nowMs);
      if (!this.#askNext()) this.#answer(refusedAccount);
    });
    if (!waits) return false;
    this.#giveBack();
    this.#current = undefined;
    return true;
  }

  #failed(denial: Denial): Denial | undefined {
    const { retry } = this.#rules;
    this.#cancelTryTimeout?.();
    this.#sending.answers?.stopped();
    this.#suspect(denial);
    if (denial.reason !== 'internal' && this.#askNext()) return undefined;
    const may = !this.#timedOut && retry && retriesFault(retry, denial.reason);
    if (may && this.#again(retry)) return undefined;
    return this.#told(denial);
  }

  #suspect({ reason, detail }: Denial): void {
    if (ownFaults.has(reason)) return;
    // Other errors within an answer may be about the request.
    const isDoubtful = reason === 'model_error' && detail !== 'insufficient_system_resource';
    if (isDoubtful) this.#breaker?.doubted(this.#nowMs);
    else this.#breaker?.failed(this.#nowMs);
  }

  get #nowMs(): number {
    return this.#call.context.clock.monotonic();
  }

  get #breaker(): ModelBreaker | undefined {
    return this.#target?.upstream.breaker;
  }

  /** Whether another server may do better. */
  #judge(status: number, lines: HeaderLines): boolean {
    const verdict = modelVerdict(status, this.#target?.upstream.backend?.key !== undefined);
    const pauseMs = pauseAskedMs(lines, this.#call.context.clock.now());
    if (verdict === 'failed') this.#breaker?.failed(this.#nowMs, pauseMs);
    if (verdict === 'doubtful') this.#breaker?.doubted(this.#nowMs);
    // Of an answer that is looked into, its first token will tell.
    if (verdict === 'served' && this.#sending.answers === undefined) this.#breaker?.succeeded();
    return verdict !== 'served';
  }

  /** False: there is no other server. */
  #askNext(): boolean {
    if (!this.hasNext) return false;
    this.#giveBack();
    this.#current = undefined;
    // Not from within the request that failed: it gives back first what it holds.
    setImmediate(() => this.#askLater());
    return true;
  }

  /** Asks all servers anew; false: the route does not want that. */
  #again(retry: RetryPolicy): boolean {
    this.#giveBack();
    const upstream = this.#target?.upstream;
    if (this.#over || this.#count > retry.retries || upstream?.tryRetry() !== true) return false;
    this.#leaveBudget = () => upstream.endRetry();
    const { clock, random } = this.#call.context;
    this.#current = undefined;
    this.#targets = new ModelTargets(this.#all);
    this.#isRetrying = true;
    const waitMs = retryDelayMs(retry, this.#count, random);
    this.#cancelWait = clock.after(waitMs, () => this.#askLater());
    return true;
  }

  /** Nobody else hears of what is thrown there. */
  #askLater(): void {
    try {
      this.#ask();
    } catch (error) {
      this.#answer(internalError(messageOf(error)));
    }
  }

  #ask(): void {
    if (this.#over) return;
    const target = this.#targets.next(this.#nowMs, hasRoom);
    if (target !== undefined) return this.#prepare(target, target.upstream.account?.enter());
    if (this.#targets.size === 0) return this.#answer(noEndpoint);
    this.#waitForRoom(this.#targets.full(this.#nowMs));
  }

  #waitForRoom(full: readonly ModelTarget[]): void {
    this.#call.cluster = full[0]?.upstream.cluster.name ?? '';
    const wait = waitForRoom(this.#call, full, {
      admitted: (target, slot) => this.#prepare(this.#targets.take(target, this.#nowMs), slot),
      refused: (denial) => {
        this.#targets.drop(full);
        this.#skip(denial);
      },
    });
    this.#cancelWait = () => wait.cancel();
  }

  /** The slot is given back whatever comes of it. */
  #prepare(target: ModelTarget, slot: Slot | undefined): void {
    try {
      const refusal = this.#try(target, slot);
      if (refusal === undefined) return;
      slot?.free();
      this.#skip(refusal);
    } catch (thrown) {
      slot?.free();
      throw thrown;
    }
  }

  /** Gives why nothing could be sent. */
  #try(target: ModelTarget, slot: Slot | undefined): Denial | undefined {
    this.#target = target;
    this.#call.cluster = target.upstream.cluster.name;
    const refusal = clusterRefusal(this.#call.exchange, target.upstream);
    if (refusal !== undefined) return refusal;
    const endpoint = nextEndpoint(this.#call, target.upstream);
    if (endpoint === undefined) return noEndpoint;
    const outgoing = this.#outgoing(target, endpoint);
    if ('status' in outgoing) return outgoing;
    this.#send(target, endpoint, slot === undefined ? outgoing : { ...outgoing, slot });
    return undefined;
  }

  #send(target: ModelTarget, endpoint: EndpointPool, outgoing: OutgoingRequest): void {
    this.#count += 1;
    this.#call.endpoint = endpoint.label;
    this.#sending.sent?.(outgoing, target, this.#count);
    if (this.#rules.attemptCount?.request === true) countAttempt(outgoing.headers, this.#count);
    this.#current = new UpstreamRequest(this.#call, target.upstream, endpoint, outgoing);
    this.#current.start();
  }

  #outgoing(target: ModelTarget, endpoint: EndpointPool): OutgoingRequest | Denial {
    const body = this.#sending.bodyFor(target);
    if (body !== null && !Buffer.isBuffer(body)) return body;
    const backend = this.#keys.backendOf(target.upstream);
    const head = outgoingHead(this.#call, target.upstream, { endpoint, body, backend });
    if ('status' in head) return head;
    sayJson(head.headers);
    const { method } = this.#call.exchange;
    const sinkFor = this.#sending.answers?.sinkFor(target, this);
    if (sinkFor !== undefined) asksUnencoded(head.headers);
    return {
      method,
      ...head,
      body,
      backend,
      owner: this.#owner(this.#count + 1),
      // Tokens are what is waited for, and the time of the route bounds the rest.
      ...(sinkFor === undefined ? {} : { sinkFor, idleMs: 0 }),
    };
  }

  /** This server cannot be asked; the client hears why only when there is no other. */
  #skip(denial: Denial): void {
    if (!this.#askNext()) this.#answer(denial);
  }

  /** Of all tries together. */
  #timeOut(): void {
    this.#timedOut = true;
    if (this.#current === undefined) this.#answer(upstreamTimeout);
    else this.#current.fail(upstreamTimeout);
  }

  #answer(denial: Denial): void {
    this.#call.deny(this.#told(denial));
  }

  /** The last word, in Envoy's words, and with its count. */
  #told(denial: Denial): Denial {
    this.#end();
    this.#cancelTimeout?.();
    const body =
      this.#count > 1
        ? denial.body.replace('. reset reason: ', '. retried and the latest reset reason: ')
        : denial.body;
    if (this.#rules.attemptCount?.response !== true) return { ...denial, body };
    const headers = [...(denial.headers ?? [])];
    countAttempt(headers, this.#count);
    return { ...denial, body, headers };
  }

  #giveBack(): void {
    this.#leaveBudget?.();
    this.#leaveBudget = undefined;
  }

  /** No other server will be asked; the answer may still be on its way, within the time of the route. */
  #end(): void {
    this.#over = true;
    this.#giveBack();
    this.#cancelWait?.();
    this.#cancelTryTimeout?.();
    this.#keys.cancel();
  }
}
