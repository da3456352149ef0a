import type { Trace } from '../base/trace.ts';
import type { TokenSource } from '../ir/jwt.ts';
import type { FailedStatuses, TokenRequest, VerifiedIdentity } from '../jwt/authenticate.ts';
import type { Denial, DenialReason, LocalReply } from './denial.ts';
import { valuesOf, type HeaderLines } from './header-lines.ts';
import type { Limits } from './limits.ts';
import type { MatchInput } from './matcher.ts';
import type {
  PreparedListener,
  PreparedMatcher,
  PreparedRoute,
  PreparedShare,
  PreparedVirtualHost,
  Program,
} from './program.ts';
import { firstDecodedParameter } from './query.ts';
import type { TlsSession } from './tls-session.ts';

/** What the connection says of a request; nothing of it comes from header lines. */
export interface Connection {
  readonly scheme: 'http' | 'https';
  readonly peer: string;
  /** Of a real connection with TLS. */
  readonly tls?: TlsSession | undefined;
}

/** A request as node:http read it (`IncomingMessage`), or one of HTTP/2 in the same form. */
export interface RawRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly rawHeaders: readonly string[];
  readonly httpVersionMajor: number;
  readonly httpVersionMinor: number;
  /** Of HTTP/2: why it has no such form. */
  readonly fault?: Denial | undefined;
}

/** Head of a request for the upstream, without what the route added to it. */
export interface ForwardedHead {
  readonly lines: HeaderLines;
  path: string;
  authority: string;
}

/** A request as it arrives, and the program that will serve it to its end. */
export interface Arrival {
  readonly program: Program;
  readonly listener: PreparedListener;
  readonly connection: Connection;
  readonly raw: RawRequest;
  readonly limits: Limits;
}

/**
 * One request on its way through the stages: they read and write this, in their order. A class, so that every request has
 * the same shape for the optimiser.
 */
export class Exchange implements TokenRequest, MatchInput {
  readonly program: Program;
  readonly listener: PreparedListener;
  readonly connection: Connection;
  readonly raw: RawRequest;
  readonly limits: Limits;
  readonly method: string;
  /** Normalised; the only path that anything after the first stage sees. */
  path = '/';
  query: string | undefined = undefined;
  /** `Host` as sent, or the authority of an absolute target. */
  authority = '';
  headers: HeaderLines = [];
  contentLength = 0;
  chunked = false;
  asksUpgrade = false;
  /** The protocol that is asked for, in lower case; empty: none that counts. */
  upgrade = '';
  virtualHost: PreparedVirtualHost | undefined = undefined;
  route: PreparedRoute | undefined = undefined;
  matcher: PreparedMatcher | undefined = undefined;
  identities: VerifiedIdentity[] = [];
  /** Token places that have been used: they are taken out when all verification is over. */
  spent: TokenSource[] = [];
  /** Places whose token a stage has verified and takes: the next stage needs a token of its own. */
  taken: TokenSource[] = [];
  verdict: 'none' | 'verified' | 'anonymous' | 'denied' = 'none';
  /** What providers with a key for it found wrong, by that key. */
  jwtFailures: FailedStatuses | undefined = undefined;
  /** Name of the policy that allowed the request. */
  policy = '';
  /** The policies allow it for these models only; undefined: for all. */
  models: ReadonlySet<string> | undefined = undefined;
  /** A token verified: where claims choose routes, the route is chosen anew. */
  claimed = false;
  /** The share of the route that the request goes to, once it is chosen. */
  share: PreparedShare | undefined = undefined;
  /** Another origin that may read the answer, and the route that says so; empty: none. */
  origin = '';
  corsRoute: PreparedRoute | undefined = undefined;
  /** How it went on, where the route says something of that to the client. */
  forwarded: ForwardedHead | undefined = undefined;
  /** Answered here, without an upstream; undefined after all stages: forward. */
  reply: LocalReply | undefined = undefined;
  /** Why it was refused; empty: it was not. */
  reason: DenialReason | '' = '';
  detail = '';
  /** For `explain` and the debug log; undefined: nobody asked. */
  trace: Trace | undefined = undefined;
  /** Only asked about: chance decides nothing, and nothing is waited for that nobody waits for. */
  isQuestion = false;

  constructor(arrival: Arrival) {
    this.program = arrival.program;
    this.listener = arrival.listener;
    this.connection = arrival.connection;
    this.raw = arrival.raw;
    this.limits = arrival.limits;
    this.method = arrival.raw.method ?? '';
  }

  get hasBody(): boolean {
    return this.chunked || this.contentLength > 0;
  }

  /** What authorization by path sees: with the query, as in Envoy's `:path`. */
  get pathWithQuery(): string {
    return this.query === undefined ? this.path : `${this.path}?${this.query}`;
  }

  headerLines(name: string): readonly string[] {
    return this.isTaken('header', name) ? [] : valuesOf(this.headers, name);
  }

  queryParameter(name: string): string | undefined {
    return this.isTaken('query', name) ? undefined : firstDecodedParameter(this.query, name);
  }

  private isTaken(kind: TokenSource['kind'], name: string): boolean {
    return this.taken.some((source) => source.kind === kind && source.name === name);
  }
}

/** What a stage says: a denial ends the request, nothing lets it go on. */
export type StageOutcome = Denial | undefined | Promise<Denial | undefined>;
