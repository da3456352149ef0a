import type { Balancer, Labels, Subsets } from './balancer.ts';
import type { HealthCheck, OutlierDetection } from './health.ts';
import type { LlmBackend, PoolMember } from './llm.ts';

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
  /** Requests that wait for a connection at most (Gloo `circuitBreakers.maxPendingRequests`); absent: 1024. */
  readonly maxPendingRequests?: number;
  /** Requests under way at most (Gloo `circuitBreakers.maxRequests`); absent: 1024. */
  readonly maxRequests?: number;
  /** Retries under way at most (Gloo `circuitBreakers.maxRetries`); absent: 3. */
  readonly maxRetries?: number;
  readonly connections?: ConnectionLimits;
  readonly balancer?: Balancer;
  /** With fewer healthy endpoints than so many percent all are used; absent: 50. */
  readonly panicThreshold?: number;
  readonly subsets?: Subsets;
  readonly healthCheck?: HealthCheck;
  readonly outlierDetection?: OutlierDetection;
  /** Present: a language-model server. */
  readonly llm?: LlmBackend;
  /** Present: several model servers in place of endpoints, by falling priority; each is a cluster of its own. */
  readonly pools?: readonly (readonly PoolMember[])[];
}

/** How long connections are kept (Gloo `connectionConfig`). */
export interface ConnectionLimits {
  /** Requests on one connection at most. */
  readonly maxRequests?: number;
  /** A connection without a request is closed after so long; 0: never. */
  readonly idleTimeoutMs?: number;
  readonly keepAlive?: KeepAlive;
}

/** TCP keep-alive. */
export interface KeepAlive {
  /** Idle time before the first probe; absent: that of the system. */
  readonly timeMs?: number;
  readonly intervalMs?: number;
  readonly probes?: number;
}

export interface Endpoint {
  /** Host name or address. */
  readonly host: string;
  readonly port: number;
  readonly weight: number;
  /** Server name for this endpoint (Gloo `sniAddr`); wins over the cluster's. */
  readonly sni?: string;
  /** What subsets choose by. */
  readonly labels?: Labels;
  /** What `Host` becomes where a route asks for the name of the endpoint; absent: `host`, where that is a name. */
  readonly hostname?: string;
  /** Path of its health checks in place of the cluster's. */
  readonly healthPath?: string;
  /** Likewise the method. */
  readonly healthMethod?: string;
}

export interface UpstreamTls {
  readonly sni?: string;
  /** False only for Gloo static upstreams without a CA, as Gloo does; then a Warning is in the status. */
  readonly verify: boolean;
  /** PEM of the authorities to trust in place of the system's. */
  readonly ca?: string;
  /** Ids into `Secrets`: the certificate that the gateway shows, and its key. */
  readonly certificateSecret?: string;
  readonly keySecret?: string;
  /** One of these has to be in the certificate of the server, in place of the name that was connected to. */
  readonly names?: readonly string[];
  /** Default TLSv1.2. */
  readonly minVersion?: 'TLSv1.3';
  /** Default TLSv1.3. */
  readonly maxVersion?: 'TLSv1.2';
  /** Names of OpenSSL. */
  readonly ciphers?: readonly string[];
  readonly curves?: readonly string[];
}
