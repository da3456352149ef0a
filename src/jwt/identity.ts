import type { ClaimHeader } from './claim-headers.ts';

/** Claims of a verified token: frozen, every object in it without a prototype. */
export type Claims = Readonly<Record<string, unknown>>;

/** Who a verified token says the client is. */
export interface VerifiedIdentity {
  /** As in `JwtStage.providers`. */
  readonly provider: string;
  readonly claims: Claims;
  readonly headers: readonly ClaimHeader[];
}
