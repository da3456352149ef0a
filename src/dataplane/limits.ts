/** Bounds on what one client may take; the defaults are the documented ones. */
export interface Limits {
  /** Request line and headers together (431). */
  readonly headBytes: number;
  /** Request target (414). */
  readonly targetBytes: number;
  /** Header lines, `Host` included (431). */
  readonly headerLines: number;
  /** Until the head is complete (408). */
  readonly headTimeoutMs: number;
  /** Requests of one connection that wait for the answer to an earlier one; with more the connection is cut. */
  readonly pipelinedRequests: number;
  /** Between two pieces of a request body (408). */
  readonly bodyIdleMs: number;
  /** Between two pieces of a response, and until a reader takes what waits for it; 0 = no bound. */
  readonly streamIdleMs: number;
  /** A connection without a request; above the 60 s that load balancers keep one. */
  readonly keepAliveMs: number;
  /** A request body with a known length up to this is read before the upstream is asked. */
  readonly collectBytes: number;
  /** A request body that has to be read as a whole because something in it is replaced (413). */
  readonly rewriteBytes: number;
  /** A request for a model, whose body is read as a whole (413). */
  readonly modelBytes: number;
  /** All bodies of requests for models that are kept at a time (503). */
  readonly modelTotalBytes: number;
  /** All of such a body, which is kept in memory while it comes (408): 32 MiB over 2.5 Mbit/s. */
  readonly modelBodyMs: number;
  /** A request body up to this is kept, where it may have to be sent a second time; Envoy's default. */
  readonly replayBytes: number;
  /** All bodies that are kept so at a time; with more, one goes to the upstream as it comes, and only once. */
  readonly replayTotalBytes: number;
  /** Requests waiting for a free connection of one cluster (503), Envoy's default. */
  readonly pendingRequests: number;
}

/** What holds where nothing else is set. */
export const defaultLimits: Limits = {
  headBytes: 16 * 1024,
  targetBytes: 8 * 1024,
  headerLines: 100,
  headTimeoutMs: 10_000,
  pipelinedRequests: 128,
  bodyIdleMs: 30_000,
  streamIdleMs: 300_000,
  keepAliveMs: 75_000,
  collectBytes: 64 * 1024,
  rewriteBytes: 4 * 1024 * 1024,
  modelBytes: 32 * 1024 * 1024,
  modelTotalBytes: 256 * 1024 * 1024,
  modelBodyMs: 120_000,
  replayBytes: 1024 * 1024,
  replayTotalBytes: 128 * 1024 * 1024,
  pendingRequests: 1024,
};
