/** Where requests are sent (Gloo `Upstream`, or a Kubernetes Service named by a route). */
export interface Cluster {
  /** `<upstream>_<namespace>`; `kube-svc:<namespace>-<service>-<port>_<namespace>` for a Service. */
  readonly name: string;
  /** Empty: 503. */
  readonly endpoints: readonly Endpoint[];
  /** Present: connect with TLS. */
  readonly tls?: UpstreamTls;
  readonly connectTimeoutMs: number;
  /** Connections at most (Gloo `circuitBreakers.maxConnections`, 1024). */
  readonly maxConnections: number;
  /** Present: a language-model server. */
  readonly llm?: LlmBackend;
}

export interface Endpoint {
  /** Host name or address. */
  readonly host: string;
  readonly port: number;
  readonly weight: number;
  /** Server name for this endpoint (Gloo `sniAddr`); wins over the cluster's. */
  readonly sni?: string;
}

export interface UpstreamTls {
  readonly sni?: string;
  /** False only for Gloo static upstreams without a CA, as Gloo does; then a Warning is in the status. */
  readonly verify: boolean;
  /** PEM of the authorities to trust in place of the system's. */
  readonly ca?: string;
}

/** How a model server is spoken to: who it is, with which key, and what is put into the request. */
export interface LlmBackend {
  readonly provider: 'deepseek' | 'openai';
  readonly credential: LlmCredential;
  /** Replaces `model` of the request; absent: the client's is kept. */
  readonly model?: string;
  /** Value of `Host`. */
  readonly authority: string;
  /** Replaces the whole path (`customHost.pathOverride.fullPath`). */
  readonly fullPath?: string;
  /** Put in place of a leading `/v1` (`customHost.pathOverride.basePath`). */
  readonly basePath?: string;
}

export type LlmCredential =
  /** Id into `Secrets`: the bare key, without `Bearer `. */
  | { readonly kind: 'secret'; readonly secret: string }
  /** The client's own Authorization is sent on, if the JWT was not taken from it. */
  | { readonly kind: 'passthrough' }
  /** No key is sent (a model server without one). */
  | { readonly kind: 'none' }
  /** A key was asked for and is not to be had: 503. */
  | { readonly kind: 'missing'; readonly detail: string };
