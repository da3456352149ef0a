import type { ClaimToHeader } from '../ir/jwt.ts';
import type { Claims } from './identity.ts';
import { isJsonObject } from './strict-json.ts';

/** A header made of a claim. */
export interface ClaimHeader {
  readonly name: string;
  /** A byte string (Latin-1 of the UTF-8), as node and undici write it. */
  readonly value: string;
  readonly append: boolean;
}

export interface ClaimHeaders {
  readonly headers: readonly ClaimHeader[];
  /** Names of headers that were left out, since the claim has a character that no header may carry. */
  readonly dropped: readonly string[];
}

/** The headers that a provider makes of verified claims. A claim that is absent, null or empty makes none. */
export function claimHeaders(claims: Claims, mappings: readonly ClaimToHeader[]): ClaimHeaders {
  const headers: ClaimHeader[] = [];
  const dropped: string[] = [];
  for (const { claim, header, append } of mappings) {
    const value = headerText(claimNamed(claims, claim));
    if (value === '') continue;
    if (isSafe(value)) headers.push({ name: header, value: byteString(value), append });
    else dropped.push(header);
  }
  return { headers, dropped };
}

/** The literal name first, since names may have dots (`https://ns.example/role`); then nested by them. */
function claimNamed(claims: Claims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  let value: unknown = claims;
  for (const step of name.split('.')) {
    if (!isJsonObject(value) || !Object.hasOwn(value, step)) return undefined;
    value = value[step];
  }
  return value;
}

function headerText(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return numberText(value);
  if (typeof value === 'boolean') return String(value);
  return Buffer.from(compactJson(value), 'utf8').toString('base64');
}

/** Envoy prints what fits an unsigned 64-bit integer in full, and everything else with six decimals (C's `%f`). */
function numberText(value: number | bigint): string {
  const isWhole = typeof value === 'bigint' || Number.isInteger(value);
  if (isWhole && value >= 0 && value < 2 ** 64) return BigInt(value).toString();
  const number = Number(value);
  return Math.abs(number) < 1e21 ? number.toFixed(6) : `${BigInt(number).toString()}.000000`;
}

/** JSON without white space; `<` and `>` escaped, as protobuf does it. Recursion ends: a claim has 32 levels at most. */
function compactJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(compactJson).join(',')}]`;
  if (isJsonObject(value)) {
    const members = Object.entries(value).map(
      ([name, member]) => `${jsonString(name)}:${compactJson(member)}`,
    );
    return `{${members.join(',')}}`;
  }
  return typeof value === 'string' ? jsonString(value) : String(value);
}

function jsonString(text: string): string {
  return JSON.stringify(text).replaceAll('<', '\\u003c').replaceAll('>', '\\u003e');
}

/** No control characters but the tab (RFC 9110 section 5.5): a claim must not be able to start another header line. */
function isSafe(value: string): boolean {
  for (let index = 0; index < value.length; index += 1) {
    const code = value.charCodeAt(index);
    if ((code < 0x20 && code !== 0x09) || code === 0x7f) return false;
  }
  return true;
}

function byteString(text: string): string {
  return Buffer.byteLength(text) === text.length
    ? text
    : Buffer.from(text, 'utf8').toString('latin1');
}
