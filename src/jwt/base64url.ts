const alphabet = /^[A-Za-z0-9_-]+$/;

/**
 * Strict base64url (RFC 4648 section 5, RFC 7515 section 2): no padding, no white space, and no bits set that do not
 * count, so that bytes have one spelling only. Undefined when it is not that, or empty.
 */
export function decodeBase64url(text: string): Buffer | undefined {
  if (!alphabet.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}
