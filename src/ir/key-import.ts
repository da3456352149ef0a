import type { VerificationKey } from './jwt.ts';

/** A key as read from a text; the value of a shared secret is apart, so that it never gets into the table. */
export interface ImportedKey {
  readonly key: VerificationKey;
  /** For `oct` only: the base64url `k`. */
  readonly sharedSecret?: string;
}

export interface KeyFinding {
  /** An error means that the key (or, without any usable key, the whole text) is not used. */
  readonly severity: 'error' | 'warning';
  readonly reason: 'InvalidKey' | 'WeakKey';
  /** Says what was found and what is accepted; never repeats key material. */
  readonly message: string;
}

export interface KeyImport {
  /** Usable keys, possibly none. */
  readonly keys: readonly ImportedKey[];
  readonly findings: readonly KeyFinding[];
}

/** Reads a PEM (SPKI, PKCS#1, X.509), a JWK or a JWKS; never throws. The engine gives it to `compile` as a port. */
export type ImportKeys = (
  text: string,
  options: { readonly allowWeakKeys: boolean },
) => Promise<KeyImport>;

/** The error of a RE2 expression, or undefined when it is good; a port of `compile`. */
export type CheckRegex = (pattern: string) => string | undefined;
