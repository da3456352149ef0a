/** The Kubernetes API, over as few connections as its streams need; every call may be made at any time. */
export interface KubeClient {
  /**
   * Sends a request and gives the parsed body of a 2xx answer. Throws `KubeApiError` with the answer's status otherwise, with
   * status 0 when there was no answer (connection, timeout, abort).
   */
  readonly request: <T>(request: KubeRequest) => Promise<T>;
  /**
   * Opens a watch and gives each line parsed, in order; returns when the server ends the stream, throws `KubeApiError` when it
   * refuses or the connection breaks. Leaving the loop, or the signal, closes the stream.
   */
  readonly watch: (request: KubeRequest) => AsyncIterable<unknown>;
  /** Ends every connection. */
  readonly close: () => Promise<void>;
  /** For metrics: requests sent and connections opened since the start, connections open now. */
  readonly stats: () => KubeClientStats;
}

export interface KubeClientStats {
  readonly requests: number;
  readonly connectionsOpened: number;
  readonly connections: number;
}

export interface KubeRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Without the query, e.g. `/apis/gateway.solo.io/v1/virtualservices`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Default `application/json`; a PATCH needs its own. */
  readonly contentType?: 'application/json' | 'application/merge-patch+json';
  /** How long an answer may take; default 10 s. Not for watches: those are silent for minutes. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}
