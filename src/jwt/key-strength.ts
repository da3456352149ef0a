import type { KeyFinding } from '../ir/key-import.ts';

const modulusBits = 2048;
/** RFC 7518 section 3.2 asks for a secret as long as the hash; the shortest hash has this many. */
export const secretBytes = 32;

/** What is weak about an RSA key; undefined when nothing is. `n` and `e` as in a JWK. */
export function rsaWeakness(n: string, e: string): string | undefined {
  const bits = bitLength(n);
  if (bits < modulusBits) return `found RSA of ${bits} bits, accepted ${modulusBits} or more`;
  const exponent = BigInt(`0x${Buffer.from(e, 'base64url').toString('hex') || '0'}`);
  if (exponent <= 1n) return `found RSA exponent ${exponent}, accepted an odd one above 1`;
  if (exponent % 2n === 0n) return 'found an even RSA exponent, accepted an odd one above 1';
  return undefined;
}

/** What is weak about a shared secret. */
export function secretWeakness(bytes: number, needed: number): string | undefined {
  return bytes < needed
    ? `found a shared secret of ${bytes} bytes, accepted ${needed} or more`
    : undefined;
}

/** A weak key is an error, or only a warning where the installation allows weak keys. */
export function weakKey(message: string, label: string, allowed: boolean): KeyFinding {
  return {
    severity: allowed ? 'warning' : 'error',
    reason: 'WeakKey',
    message: `${label}${message}`,
  };
}

function bitLength(base64url: string): number {
  const hex = Buffer.from(base64url, 'base64url').toString('hex').replace(/^0+/, '');
  return hex === ''
    ? 0
    : (hex.length - 1) * 4 + Number.parseInt(hex[0] ?? '0', 16).toString(2).length;
}
