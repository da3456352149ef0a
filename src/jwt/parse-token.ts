import { isUtf8 } from 'node:buffer';

import { decodeBase64url } from './base64url.ts';
import { isSupportedAlgorithm } from './algorithm.ts';
import { jwtFaults, notInteger, notPositive, notString, type JwtFault } from './jwt-fault.ts';
import { isJsonObject, parseStrictJson, type JsonObject } from './strict-json.ts';

/** A token taken apart; nothing in it is verified yet. */
export interface ParsedToken {
  readonly alg: string;
  /** Absent when the header has none or an empty one. */
  readonly kid?: string;
  /** The header asks for an extension (`crit`, `b64: false`) and none is known here. */
  readonly critical: boolean;
  readonly claims: JsonObject;
  readonly iss?: string;
  /** Whole seconds. */
  readonly nbf?: number;
  readonly exp?: number;
  readonly audiences: readonly string[];
  /** The bytes that were signed. */
  readonly signed: string;
  readonly signature: Buffer;
}

/**
 * Reads a compact JWS (RFC 7515 section 7.1). The order of the checks and their texts are Envoy's; wherever Envoy also
 * takes what RFC 7515 does not (padding, white space, further dots, lenient JSON), the text is that of the nearest fault.
 */
export function parseToken(text: string): ParsedToken | JwtFault {
  const [header = '', payload = '', signature = '', ...more] = text.split('.', 4);
  if (header === '' || payload === '' || signature === '' || more.length > 0) return jwtFaults.form;
  const head = parseHeader(header);
  if ('body' in head) return head;
  const body = parsePayload(payload);
  if ('body' in body) return body;
  const bytes = decodeBase64url(signature);
  if (!bytes) return jwtFaults.signatureBase64;
  return { ...head, ...body, signed: `${header}.${payload}`, signature: bytes };
}

type Header = Pick<ParsedToken, 'alg' | 'kid' | 'critical'>;

function parseHeader(encoded: string): Header | JwtFault {
  const bytes = decodeBase64url(encoded);
  if (!bytes) return jwtFaults.headerBase64;
  const json = parseBytes(bytes);
  // Protobuf reads `null` as an object without members.
  if (json?.value === null) return jwtFaults.algMissing;
  const header = json?.value;
  if (!isJsonObject(header)) return jwtFaults.headerJson;
  const { alg, kid } = header;
  if (typeof alg !== 'string') return jwtFaults.algMissing;
  if (!isSupportedAlgorithm(alg)) return jwtFaults.algUnsupported;
  if (kid !== undefined && typeof kid !== 'string') return jwtFaults.kidType;
  const critical = 'crit' in header || ('b64' in header && header.b64 !== true);
  return { alg, critical, ...(kid ? { kid } : {}) };
}

type Payload = Pick<ParsedToken, 'claims' | 'iss' | 'nbf' | 'exp' | 'audiences'>;

function parsePayload(encoded: string): Payload | JwtFault {
  const bytes = decodeBase64url(encoded);
  if (!bytes) return jwtFaults.payloadBase64;
  const claims = parseBytes(bytes)?.value;
  if (!isJsonObject(claims)) return jwtFaults.payloadJson;
  const fault = claimFault(claims);
  if (fault) return fault;
  const audiences = audiencesOf(claims.aud);
  if (!audiences) return jwtFaults.audienceType;
  return {
    claims,
    audiences,
    ...(typeof claims.iss === 'string' ? { iss: claims.iss } : {}),
    ...(claims.nbf === undefined ? {} : { nbf: seconds(claims.nbf) }),
    ...(claims.exp === undefined ? {} : { exp: seconds(claims.exp) }),
  };
}

function parseBytes(bytes: Buffer): { readonly value: unknown } | undefined {
  return isUtf8(bytes) ? parseStrictJson(bytes.toString('utf8')) : undefined;
}

/** Types of the registered claims, in the order in which Envoy looks at them. */
const typeChecks: readonly (readonly [string, typeof stringFault])[] = [
  ['iss', stringFault],
  ['sub', stringFault],
  ['iat', timeFault],
  ['nbf', timeFault],
  ['exp', timeFault],
  ['jti', stringFault],
];

function claimFault(claims: JsonObject): JwtFault | undefined {
  for (const [claim, check] of typeChecks) {
    const value = claims[claim];
    const fault = value === undefined ? undefined : check(claim, value);
    if (fault) return fault;
  }
  return undefined;
}

function stringFault(claim: string, value: unknown): JwtFault | undefined {
  return typeof value === 'string' ? undefined : notString(claim);
}

function timeFault(claim: string, value: unknown): JwtFault | undefined {
  if (typeof value !== 'number' && typeof value !== 'bigint') return notInteger(claim);
  const number = Number(value);
  return number < 0 || number >= 2 ** 64 ? notPositive(claim) : undefined;
}

function seconds(value: unknown): number {
  return Math.floor(Number(value));
}

function audiencesOf(aud: unknown): readonly string[] | undefined {
  if (aud === undefined) return [];
  if (typeof aud === 'string') return [aud];
  if (!Array.isArray(aud)) return undefined;
  const texts = aud.filter((one): one is string => typeof one === 'string');
  return texts.length === aud.length ? texts : undefined;
}
