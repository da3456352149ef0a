import type { JwtProvider, JwtStage, TokenSource } from '../ir/jwt.ts';
import type { JwtReason } from './jwt-fault.ts';

/** What the verifier needs to know of a request. */
export interface TokenRequest {
  /** Lines of a header by lower-case name, in order; empty when absent. */
  readonly headerLines: (name: string) => readonly string[];
  /** Percent-decoded value of the first occurrence of a query parameter; undefined when absent. */
  readonly queryParameter: (name: string) => string | undefined;
}

/** Claims of a verified token: frozen, every object in it without a prototype. */
export type Claims = Readonly<Record<string, unknown>>;

export interface VerifiedIdentity {
  /** As in {@link JwtStage.providers}. */
  readonly provider: string;
  readonly claims: Claims;
  /** Values are byte strings (Latin-1 of the UTF-8), as node and undici write them. */
  readonly headers: readonly ClaimHeader[];
}

export interface ClaimHeader {
  readonly name: string;
  readonly value: string;
  readonly append: boolean;
}

export type StageVerdict =
  | {
      readonly kind: 'verified';
      readonly identity: VerifiedIdentity;
      readonly strip: readonly TokenSource[];
    }
  /** Only under the lax policies: nothing of a token is known. */
  | { readonly kind: 'anonymous'; readonly detail: string; readonly strip: readonly TokenSource[] }
  | {
      readonly kind: 'denied';
      readonly status: 401 | 403;
      readonly body: string;
      /** Whether `www-authenticate` says `error="invalid_token"`. */
      readonly invalidToken: boolean;
      readonly reason: JwtReason;
      /** For the log. */
      readonly detail: string;
    };

export interface PreparedStage {
  /** Answers at once, unless it has to wait for keys. */
  readonly authenticate: (request: TokenRequest) => StageVerdict | Promise<StageVerdict>;
}

export declare function prepareStage(
  stage: JwtStage,
  providers: Readonly<Record<string, JwtProvider>>,
  engine: JwtEngine,
): PreparedStage;

import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import type { KeySet, RemoteKeySet } from '../ir/jwt.ts';
import type { Secrets } from '../ir/table.ts';
export type FetchJwks = (
  keySet: RemoteKeySet,
  signal: AbortSignal,
) => Promise<{ readonly status: number; readonly body: string }>;
export interface KeySetState {
  readonly state: 'pending' | 'ready' | 'stale' | 'failed';
  readonly keys: number;
  readonly fetchedAtMs?: number;
  readonly ageSeconds?: number;
  readonly lastError?: string;
}
export interface JwtEngine {
  readonly update: (keySets: Readonly<Record<string, KeySet>>, secrets: Secrets) => void;
  readonly keySetStates: () => Readonly<Record<string, KeySetState>>;
  readonly settled: () => Promise<void>;
  readonly close: () => void;
}
export declare function createJwtEngine(options: {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly fetchJwks: FetchJwks;
  readonly staleLimitMs?: number;
}): JwtEngine;
