import { describe, expect, it } from '@jest/globals';

import { tokenReport } from '../../../src/cli/token-report.ts';

function report(header: object, payload: object, more: object = {}): string {
  const token = { header: { ...header }, payload: { ...payload }, signature: 'x', compact: '' };
  return tokenReport({ token, findings: [], nowSeconds: 1_790_000_000, ...more });
}

describe('token report', () => {
  it.each([
    ['RS256', 'RSA PKCS#1 v1.5 with SHA-256'],
    ['PS384', 'RSA-PSS with SHA-384'],
    ['ES512', 'ECDSA with SHA-512'],
    ['HS256', 'HMAC with SHA-256, a shared secret'],
    ['EdDSA', 'Ed25519'],
    ['none', 'not signed at all'],
    ['X1', 'unknown'],
  ])('explains alg %s', (alg, words) => {
    expect(report({ alg }, {})).toContain(`alg      "${alg}"  (${words})`);
  });

  it.each([
    [{ exp: 1_790_003_600 }, 'exp      1790003600  (expires: 2026-09-21 15:13:20 UTC, in 1 h)'],
    [{ exp: 'soon' }, 'exp      "soon"  (expires)'],
    [{ aud: ['a', 'b'] }, 'aud      ["a","b"]  (audience)'],
    [{ admin: true }, 'admin    true\n'],
    [{ 'a b': 1 }, '"a b"    1\n'],
    [{ constructor: 1 }, 'constructor 1\n'],
  ])('shows the claim %j', (payload, line) => {
    expect(report({ alg: 'RS256' }, payload)).toContain(`  ${line}`);
  });

  it('says what became of the signature, and lists warnings', () => {
    const text = report(
      {},
      {},
      { signature: { valid: true, text: 'valid, by x' }, findings: ['odd'] },
    );
    expect(text).toContain('Signature\n  valid, by x\n\nWarnings\n  ! odd\n');
  });
});
