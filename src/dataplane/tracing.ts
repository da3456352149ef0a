import type { CallEnd, ModelEnd } from './model-end.ts';
import type { Exchange } from './exchange.ts';
import type { HeaderLines } from './header-lines.ts';

/** Follows requests; to whom it tells of them is its own affair. */
export interface Tracing {
  readonly begin: (request: TracedRequest) => RequestSpan;
}

/** A request as it arrives. */
export interface TracedRequest {
  /** As they came: with the trace that the client is in. */
  readonly rawHeaders: readonly string[];
  readonly method: string;
  /** Milliseconds since the epoch. */
  readonly startedMs: number;
}

/** What is told of one request. */
export interface RequestSpan {
  /** Puts the trace into lines for the upstream, in place of what the client sent of it. */
  readonly continueIn: (lines: HeaderLines, atMs: number) => void;
  readonly end: (ended: TracedEnd) => void;
}

/** How a request ended. */
export interface TracedEnd extends Omit<CallEnd, 'startedAtMs'> {
  readonly exchange: Exchange;
  readonly cluster: string;
  /** Of a request for a model. */
  readonly model: ModelEnd | undefined;
}
