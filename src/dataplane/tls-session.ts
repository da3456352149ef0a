import type { PreparedListener, PreparedVirtualHost } from './program.ts';
import type { TlsChain } from './tls-chains.ts';

/** What a TLS connection has shown of itself, and which virtual hosts it may therefore ask for. */
export class TlsSession {
  /** Undefined: the client asked for none. */
  readonly serverName: string | undefined;
  /** Key of the rule that its certificate passed; undefined: none was asked for. */
  readonly #passed: string | undefined;
  #listener: PreparedListener | undefined;
  #chain: TlsChain | undefined;

  constructor(serverName: string | undefined, chain: Pick<TlsChain, 'clients'>) {
    this.serverName = serverName;
    this.#passed = chain.clients?.key;
  }

  /**
   * Whether a host is among those that the server name leads to now: else a certificate that one host asks for could be got
   * round by the name of another.
   */
  reaches(listener: PreparedListener, { virtualHost }: PreparedVirtualHost): boolean {
    return this.#chainOf(listener)?.hosts.has(virtualHost.name) ?? false;
  }

  /** False: nothing can be asked for on it any more. */
  isOfUse(listener: PreparedListener): boolean {
    return this.#chainOf(listener) !== undefined;
  }

  /** By the name and not by what was served with then: certificates are replaced while connections live on. */
  #chainOf(listener: PreparedListener): TlsChain | undefined {
    if (this.#listener === listener) return this.#chain;
    const chain = listener.chains?.find(this.serverName);
    const wanted = chain?.clients?.key;
    this.#listener = listener;
    this.#chain = wanted === undefined || wanted === this.#passed ? chain : undefined;
    return this.#chain;
  }
}
