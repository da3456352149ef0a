/** The two places of JWT verification around external auth; both have to pass where both are set (Gloo `jwtStaged`). */
export interface JwtStages {
  readonly beforeExtAuth?: JwtStage;
  readonly afterExtAuth?: JwtStage;
}

/** What becomes of a request without a valid token (Gloo `ValidationPolicy`, in the order of its numbers). */
export const validationPolicies = [
  'REQUIRE_VALID',
  'ALLOW_MISSING',
  'ALLOW_MISSING_OR_FAILED',
] as const;
export type ValidationPolicy = (typeof validationPolicies)[number];

/** What the answer to a refused token tells: which check failed, or one text for all of them. */
export const errorDetails = ['full', 'generic'] as const;
export type ErrorDetail = (typeof errorDetails)[number];

export interface JwtStage {
  readonly validation: ValidationPolicy;
  /** Absent: full. */
  readonly errorDetail?: 'generic';
  /** Alternatives, in the order of their names: keys of `VirtualHost.providers`. */
  readonly providers: readonly string[];
}

/** Who issued a token, where it is found, and what becomes of it (Gloo `Provider`). */
export interface JwtProvider {
  /** As in the manifest. */
  readonly name: string;
  /** Absent: any issuer, or none. Compared byte for byte. */
  readonly issuer?: string;
  /** Empty: any. Already without scheme and trailing slash (Envoy's comparison). */
  readonly audiences: readonly string[];
  /** Id into `RoutingTable.keySets`. */
  readonly keySet: string;
  /** In the order of looking: query parameters, then headers, each in reverse order of name. */
  readonly sources: readonly TokenSource[];
  /** Leave the token in the request on success. */
  readonly keepToken: boolean;
  readonly claimsToHeaders: readonly ClaimToHeader[];
  readonly clockSkewSeconds: number;
  /** Present: a token without `exp` is refused. */
  readonly requireExp?: true;
  /** Seconds from now until the `exp` of a token at most; one without is refused. Absent: any. */
  readonly maxLifetimeSeconds?: number;
  /** The access log has code and message of each failure under this key (Gloo `attachFailedStatusToMetadata`). */
  readonly failedStatusKey?: string;
}

export type TokenSource =
  | { readonly kind: 'header'; readonly name: string; readonly prefix: string }
  | { readonly kind: 'query'; readonly name: string };

export interface ClaimToHeader {
  readonly claim: string;
  /** Lower-case. */
  readonly header: string;
  /** Keep what the client sent and add one more line. */
  readonly append: boolean;
}

export type KeySet = LocalKeySet | RemoteKeySet;

export interface LocalKeySet {
  readonly kind: 'local';
  /** Content hash. */
  readonly id: string;
  readonly keys: readonly VerificationKey[];
}

/** Fetched in the background; the id covers URL, cluster and TLS, so that two providers with the same settings share it. */
export interface RemoteKeySet {
  readonly kind: 'remote';
  readonly id: string;
  readonly url: string;
  /** Connect there instead of to the URL's host (Gloo `upstreamRef`). */
  readonly cluster?: string;
  readonly cacheDurationMs: number;
  /** Take RSA keys under 2048 bits and short shared secrets as well (Settings). Default false. */
  readonly allowWeakKeys?: boolean;
}

/** A checked public key, or a shared secret by id: what the verifier may use and for which algorithms. */
export interface VerificationKey {
  readonly kid?: string;
  readonly kty: 'RSA' | 'EC' | 'OKP' | 'oct';
  /** Algorithms this key may verify: from the key's `alg`, else its type and curve. Never from a token. */
  readonly algorithms: readonly string[];
  /** The public members only (`n`,`e` · `crv`,`x`,`y` · `crv`,`x`); for `oct` empty, see `secret`. */
  readonly jwk: Readonly<Record<string, string>>;
  /** For `oct`: id into `Secrets` (base64url, as in the JWK `k`). */
  readonly secret?: string;
}
