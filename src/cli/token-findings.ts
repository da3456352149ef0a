import type { TokenText } from './token-text.ts';
import { isMilliseconds } from '../jwt/milliseconds.ts';
import { distanceText, utcText } from './token-time.ts';

const dateClaims = ['exp', 'nbf', 'iat'];
/** Names people give to the end of a token; only `exp` is one (RFC 7519 4.1.4). */
const expiryNames = ['expiry', 'expires', 'expiration', 'expires_at', 'expires_in', 'expiresAt'];
const keyHeaders = ['jwk', 'jku', 'x5u', 'x5c'];

/** What a gateway, or the person who made the token, would object to: one sentence each. */
export function tokenFindings(token: TokenText, nowSeconds: number): readonly string[] {
  return [
    ...algorithmFindings(token),
    ...headerFindings(token),
    ...dateClaims.flatMap((claim) => dateFindings(claim, token.payload[claim])),
    ...validityFindings(token, nowSeconds),
    ...missingFindings(token),
  ];
}

function algorithmFindings({ header, signature }: TokenText): readonly string[] {
  const { alg } = header;
  if (typeof alg !== 'string') return ['alg is missing in the header: the token is refused'];
  if (alg.toLowerCase() === 'none') {
    return ['alg is none: nobody signed this token, anybody can write one; it is always refused'];
  }
  if (signature === '') return ['the signature is empty: the token is refused'];
  if (!/^HS\d+$/.test(alg)) return [];
  return [
    `alg ${alg} signs with a shared secret: whoever can check this token can also make one; prefer RS256, ES256 or EdDSA`,
  ];
}

function headerFindings({ header }: TokenText): readonly string[] {
  const findings: string[] = [];
  if ('crit' in header) {
    findings.push(
      'crit names header extensions that a verifier must understand (RFC 7515 4.1.11): none are, the token is refused',
    );
  }
  for (const name of keyHeaders.filter((name) => name in header)) {
    findings.push(
      `${name} in the header offers a key: it is ignored, keys come from the configuration only`,
    );
  }
  return findings;
}

function dateFindings(claim: string, value: unknown): readonly string[] {
  if (value === undefined) return [];
  if (typeof value !== 'number') {
    return [`${claim} is not a number: it has to be seconds since 1970, without quotes`];
  }
  if (!isMilliseconds(value)) return [];
  const meant = value / 1000;
  return [
    `${claim} is in milliseconds: ${value} means the ${yearOf(value)}; in seconds it would be ${Math.floor(meant)} (${utcText(meant)})`,
  ];
}

function yearOf(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? 'very distant future' : `year ${date.getUTCFullYear()}`;
}

function validityFindings({ payload }: TokenText, now: number): readonly string[] {
  const findings: string[] = [];
  const { exp, nbf, iat } = payload;
  if (typeof exp === 'number' && exp < now) {
    findings.push(`the token expired ${distanceText(exp, now)}`);
  }
  if (typeof nbf === 'number' && nbf > now) {
    findings.push(`the token is not valid yet: nbf is ${distanceText(nbf, now)}`);
  }
  if (typeof iat === 'number' && iat > now + 60 && !isMilliseconds(iat)) {
    findings.push(`iat is ${distanceText(iat, now)}: the issuer's clock is ahead`);
  }
  return findings;
}

function missingFindings({ payload }: TokenText): readonly string[] {
  const findings: string[] = [];
  for (const name of expiryNames.filter((name) => Object.hasOwn(payload, name))) {
    findings.push(
      `${name} is no registered claim and ends nothing: the end of a token is exp, in seconds`,
    );
  }
  if (payload.exp === undefined) findings.push('exp is missing: the token never expires');
  if (payload.iss === undefined) {
    findings.push(
      'iss is missing: a provider with an issuer refuses it (401 Jwt issuer is not configured)',
    );
  }
  if (payload.aud === undefined) {
    findings.push(
      'aud is missing: a provider with audiences refuses it (403 Audiences in Jwt are not allowed)',
    );
  }
  return findings;
}
