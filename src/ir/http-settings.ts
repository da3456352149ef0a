/** What a listener says of every connection and request (Gloo `httpConnectionManagerSettings`); absent: what holds everywhere. */
export interface HttpSettings {
  /** `//` in paths counts as `/`. */
  readonly mergeSlashes?: true;
  /** Lines of a request's head, `Host` included. */
  readonly maxHeaderLines?: number;
  /** Bytes of a request's head; never more than everywhere. */
  readonly maxHeadBytes?: number;
  /** Between two pieces of request and response; 0 = none. The route's own one wins. */
  readonly streamIdleMs?: number;
  /** From the head of the request to the end of the response; 0 = none. The route's own one wins. */
  readonly maxStreamMs?: number;
  /** From the head of a request to the end of its body. */
  readonly requestTimeoutMs?: number;
  /** Value of `Server` in every answer. */
  readonly serverName?: string;
}
