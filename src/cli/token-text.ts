import { messageOf } from '../base/errors.ts';

/** A token taken apart, unverified. */
export interface TokenText {
  readonly header: Readonly<Record<string, unknown>>;
  readonly payload: Readonly<Record<string, unknown>>;
  /** As it stands in the token: base64url, possibly empty. */
  readonly signature: string;
  /** The whole token, without what people copy along with it. */
  readonly compact: string;
}

/** Splits and decodes a compact JWS (RFC 7515 7.1); a string says in words why it is none. */
export function readToken(input: string): TokenText | string {
  const compact = input.trim().replace(/^(authorization:\s*)?bearer\s+/i, '');
  if (compact === '') return 'there is no token: the input is empty';
  const parts = compact.split('.');
  if (parts.length === 5) {
    return 'five parts: an encrypted token (JWE); only signed tokens (JWS, three parts) can be checked';
  }
  const [header, payload, signature] = parts;
  if (header === undefined || payload === undefined || signature === undefined || parts[3]) {
    return `found ${parts.length} part(s), a token has three: header.payload.signature`;
  }
  try {
    return {
      header: decodeObject('header', header),
      payload: decodeObject('payload', payload),
      signature,
      compact,
    };
  } catch (thrown) {
    return messageOf(thrown);
  }
}

function decodeObject(part: string, encoded: string): Readonly<Record<string, unknown>> {
  if (!/^[A-Za-z0-9_-]+$/.test(encoded)) throw new Error(`the ${part} is not base64url`);
  const text = Buffer.from(encoded, 'base64url').toString('utf8');
  const value = parseJson(part, text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  throw new Error(`the ${part} is JSON, but not an object`);
}

function parseJson(part: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw new Error(`the ${part} is not JSON`, { cause: thrown });
  }
}
