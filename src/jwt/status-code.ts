import type { JwtFault } from './jwt-fault.ts';

/** A failed verification as Envoy writes it into dynamic metadata (`failed_status_in_metadata`). */
export interface FailedStatus {
  readonly code: number;
  readonly message: string;
}

/** By the metadata key of the provider. */
export type FailedStatuses = Readonly<Record<string, FailedStatus>>;

/** What is told for a fault that Envoy does not know: that the token does not verify. */
const otherCode = 26;

// The numbers of jwt_verify_lib's Status, as Envoy 1.40 writes them.
const codes: ReadonlyMap<string, number> = new Map([
  ['Jwt not yet valid', 2],
  ['Jwt is expired', 3],
  ['Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections', 4],
  ['Jwt header is an invalid Base64url encoded', 5],
  ['Jwt header is an invalid JSON', 6],
  ['Jwt header [alg] field is required and must be a string', 7],
  ['Jwt header [alg] is not supported', 8],
  ['Jwt header [kid] field is not a string', 9],
  ['Jwt payload is an invalid Base64url encoded', 10],
  ['Jwt payload is an invalid JSON', 11],
  ['Jwt payload [iss] field is not a string', 12],
  ['Jwt payload [sub] field is not a string', 13],
  ['Jwt payload [iat] field is not an integer', 14],
  ['Jwt payload [iat] field is not a positive 64 bit integer', 15],
  ['Jwt payload [nbf] field is not an integer', 16],
  ['Jwt payload [nbf] field is not a positive 64 bit integer', 17],
  ['Jwt payload [exp] field is not an integer', 18],
  ['Jwt payload [exp] field is not a positive 64 bit integer', 19],
  ['Jwt payload [jti] field is not a string', 20],
  ['Jwt payload [aud] field is not a string or string list', 21],
  ['Jwt signature is an invalid Base64url encoded', 22],
  ['Jwt ED25519 signature is wrong length', 23],
  ['Jwt issuer is not configured', 24],
  ['Audiences in Jwt are not allowed', 25],
  ['Jwt verification fails', 26],
  ["Jwks doesn't have any valid public key", 31],
  ["Jwks doesn't have key to match kid or alg from Jwt", 32],
  ['Jwks remote fetch is failed', 40],
]);

/** Code and message of a fault; undefined for a missing token, of which Envoy writes nothing. */
export function failedStatus({ reason, body }: JwtFault): FailedStatus | undefined {
  if (reason === 'jwt_missing') return undefined;
  return { code: codes.get(body) ?? otherCode, message: body };
}
