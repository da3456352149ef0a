/**
 * Why a token does not let a request in. Texts and statuses are Envoy's (`jwt_verify_lib` and `jwt_authn`), so that
 * clients and dashboards written for it keep working; `reason` is ours, for logs and metrics.
 */
export interface JwtFault {
  readonly status: 401 | 403;
  readonly body: string;
  readonly reason: JwtReason;
  /** For the log, where it can say more than the body. */
  readonly detail?: string;
}

/** Short codes of refused tokens: a closed list, fit for a metric label. */
export type JwtReason =
  | 'jwt_missing'
  | 'jwt_malformed'
  | 'jwt_header'
  | 'jwt_algorithm'
  | 'jwt_payload'
  | 'jwt_issuer'
  | 'jwt_not_yet_valid'
  | 'jwt_expired'
  | 'jwt_lifetime'
  | 'jwt_audience'
  | 'jwt_keys_unavailable'
  | 'jwt_no_key'
  | 'jwt_signature';

function fault(reason: JwtReason, body: string, status: 401 | 403 = 401): JwtFault {
  return Object.freeze({ status, body, reason });
}

/** Envoy's text for rules about how long a token may live, which has no word of them. */
function lifetimeFault(detail: string): JwtFault {
  return Object.freeze({ ...fault('jwt_lifetime', 'Jwt verification fails'), detail });
}

/** Every fault that does not name a claim. */
export const jwtFaults = {
  missing: fault('jwt_missing', 'Jwt is missing'),
  form: fault(
    'jwt_malformed',
    'Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections',
  ),
  headerBase64: fault('jwt_header', 'Jwt header is an invalid Base64url encoded'),
  headerJson: fault('jwt_header', 'Jwt header is an invalid JSON'),
  algMissing: fault('jwt_header', 'Jwt header [alg] field is required and must be a string'),
  algUnsupported: fault('jwt_algorithm', 'Jwt header [alg] is not supported'),
  kidType: fault('jwt_header', 'Jwt header [kid] field is not a string'),
  payloadBase64: fault('jwt_payload', 'Jwt payload is an invalid Base64url encoded'),
  payloadJson: fault('jwt_payload', 'Jwt payload is an invalid JSON'),
  audienceType: fault('jwt_payload', 'Jwt payload [aud] field is not a string or string list'),
  signatureBase64: fault('jwt_signature', 'Jwt signature is an invalid Base64url encoded'),
  issuer: fault('jwt_issuer', 'Jwt issuer is not configured'),
  notYetValid: fault('jwt_not_yet_valid', 'Jwt not yet valid'),
  /** Issuers that count in milliseconds are wondered about; the log says so. */
  notYetValidMilliseconds: Object.freeze({
    ...fault('jwt_not_yet_valid', 'Jwt not yet valid'),
    detail: 'Jwt not yet valid (nbf looks like milliseconds)',
  }),
  expired: fault('jwt_expired', 'Jwt is expired'),
  noExpiry: lifetimeFault('the token has no exp'),
  lifetime: lifetimeFault('exp is further away than maxTokenLifetime allows'),
  audience: fault('jwt_audience', 'Audiences in Jwt are not allowed', 403),
  keysUnavailable: fault('jwt_keys_unavailable', 'Jwks remote fetch is failed'),
  noKey: fault('jwt_no_key', "Jwks doesn't have key to match kid or alg from Jwt"),
  noValidKey: fault('jwt_no_key', "Jwks doesn't have any valid public key"),
  ed25519Length: fault('jwt_signature', 'Jwt ED25519 signature is wrong length'),
  verification: fault('jwt_signature', 'Jwt verification fails'),
} as const;

/** A claim that has to be a text and is none. */
export function notString(claim: string): JwtFault {
  return fault('jwt_payload', `Jwt payload [${claim}] field is not a string`);
}

/** A claim that has to be a number and is none. */
export function notInteger(claim: string): JwtFault {
  return fault('jwt_payload', `Jwt payload [${claim}] field is not an integer`);
}

/** A time that is negative or does not fit into 64 bits. */
export function notPositive(claim: string): JwtFault {
  return fault('jwt_payload', `Jwt payload [${claim}] field is not a positive 64 bit integer`);
}
