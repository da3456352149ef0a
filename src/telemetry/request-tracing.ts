import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Span,
  type TextMapGetter,
  type TextMapSetter,
  type Tracer,
} from '@opentelemetry/api';
import { millisToHrTime, W3CTraceContextPropagator } from '@opentelemetry/core';
import type { RequestSpan, TracedEnd, TracedRequest, Tracing } from '../dataplane/tracing.ts';
import { clientAttributes, serverAttributes } from './span-attributes.ts';

const propagator = new W3CTraceContextPropagator();

// Times go in as seconds and nanoseconds: the SDK takes a small number for one since the start of the process.

/** One span for each request as it came, and below it one for what was asked of the upstream. */
export function createRequestTracing(tracer: Tracer): Tracing {
  return { begin: (request) => new TracedCall(tracer, request) };
}

class TracedCall implements RequestSpan {
  readonly #tracer: Tracer;
  readonly #server: Span;
  readonly #context: Context;
  readonly #method: string;
  readonly #startedMs: number;
  #client: Span | undefined;
  #clientContext: Context = ROOT_CONTEXT;

  constructor(tracer: Tracer, { rawHeaders, method, startedMs }: TracedRequest) {
    this.#tracer = tracer;
    this.#method = knownMethod(method);
    this.#startedMs = startedMs;
    const parent = propagator.extract(ROOT_CONTEXT, rawHeaders, rawGetter);
    const options = { kind: SpanKind.SERVER, startTime: millisToHrTime(startedMs) };
    this.#server = tracer.startSpan(this.#method, options, parent);
    this.#context = trace.setSpan(parent, this.#server);
  }

  continueIn(lines: string[], atMs: number): void {
    if (this.#client === undefined) {
      const options = { kind: SpanKind.CLIENT, startTime: millisToHrTime(atMs) };
      this.#client = this.#tracer.startSpan(this.#method, options, this.#context);
      this.#clientContext = trace.setSpan(this.#context, this.#client);
    }
    removeTrace(lines);
    propagator.inject(this.#clientContext, lines, lineSetter);
  }

  end(ended: TracedEnd): void {
    const endedMs = this.#startedMs + ended.durationMs;
    this.#endClient(ended, endedMs);
    const { exchange, status, aborted } = ended;
    const span = this.#server;
    span.setAttributes(serverAttributes(ended, this.#method));
    const route = exchange.route?.route.name;
    if (route !== undefined) span.updateName(`${this.#method} ${route}`);
    if (status >= 500 || aborted) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end(millisToHrTime(endedMs));
  }

  #endClient(ended: TracedEnd, endedMs: number): void {
    const span = this.#client;
    if (span === undefined) return;
    const { model, status, aborted } = ended;
    span.setAttributes(clientAttributes(ended, this.#method));
    if (model !== undefined && model.operation !== '') {
      span.updateName(`${model.operation} ${model.billedModel}`.trimEnd());
    }
    const failed = status >= 400 || aborted || (model?.errorType ?? '') !== '';
    if (failed) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end(millisToHrTime(endedMs));
  }
}

const methods = new Set([
  'CONNECT',
  'DELETE',
  'GET',
  'HEAD',
  'OPTIONS',
  'PATCH',
  'POST',
  'PUT',
  'TRACE',
]);

/** Clients may call methods what they like. */
function knownMethod(method: string): string {
  return methods.has(method) ? method : '_OTHER';
}

/** Of several traces none is the one: the request begins its own. */
const rawGetter: TextMapGetter<readonly string[]> = {
  get: (lines, name) => {
    const values = lines.filter(
      (_line, index) => index % 2 === 1 && lines[index - 1]?.toLowerCase() === name,
    );
    if (name === 'tracestate') return values.length > 0 ? values.join(',') : undefined;
    return values.length === 1 ? values[0] : undefined;
  },
  keys: (lines) => lines.filter((_line, index) => index % 2 === 0),
};

const lineSetter: TextMapSetter<string[]> = {
  set: (lines, name, value) => void lines.push(name, value),
};

function removeTrace(lines: string[]): void {
  for (let index = lines.length - 2; index >= 0; index -= 2) {
    const name = lines[index];
    if (name === 'traceparent' || name === 'tracestate') lines.splice(index, 2);
  }
}
