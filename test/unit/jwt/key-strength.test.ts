import { generateKeyPairSync, type KeyObject } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';

import { importSummary } from '../../support/import-summary.ts';
import { createTestKey } from '../../support/token-factory.ts';

const rsa = createTestKey('RS256');

const pem = (key: KeyObject, type: 'spki' | 'pkcs1' | 'pkcs8' | 'sec1'): string =>
  (key.type === 'private'
    ? key.export({ type, format: 'pem' })
    : key.export({ type, format: 'pem' })
  ).toString();

describe('weak keys', () => {
  const small = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey;
  const cases: [string, string, string][] = [
    [
      'RSA of 1024 bits',
      JSON.stringify(small.export({ format: 'jwk' })),
      'found RSA of 1024 bits, accepted 2048 or more',
    ],
    ['RSA of 1024 bits as PEM', pem(small, 'spki'), 'found RSA of 1024 bits'],
    [
      'exponent 1',
      JSON.stringify({ ...rsa.jwk, e: 'AQ' }),
      'found RSA exponent 1, accepted an odd one above 1',
    ],
    ['an even exponent', JSON.stringify({ ...rsa.jwk, e: 'AQAA' }), 'found an even RSA exponent'],
    [
      'a secret of 8 bytes',
      '{"kty":"oct","k":"c2VjcmV0MTI"}',
      'found a shared secret of 8 bytes, accepted 32 or more',
    ],
    [
      'a secret shorter than its hash',
      JSON.stringify({ kty: 'oct', alg: 'HS512', k: Buffer.alloc(63).toString('base64url') }),
      'found a shared secret of 63 bytes, accepted 64 or more',
    ],
  ];

  test.each(cases)('%s is refused', async (_what, text, message) => {
    const { keys, findings } = await importSummary(text);
    expect(keys).toEqual([]);
    expect(findings.join()).toContain(`error WeakKey ${message}`);
  });

  test.each(cases)('%s is a warning where weak keys are allowed', async (_what, text) => {
    const { keys, findings } = await importSummary(text, { allowWeakKeys: true });
    expect(keys).toHaveLength(1);
    expect(findings.join()).toContain('warning WeakKey');
  });

  test('a secret without alg is used for the hashes that it is long enough for', async () => {
    const jwk = { kty: 'oct', k: Buffer.alloc(48, 1).toString('base64url') };
    expect(await importSummary(JSON.stringify(jwk))).toEqual({
      keys: [['oct', '', 'HS256 HS384']],
      findings: ['warning WeakKey a shared secret of 48 bytes is used for HS256, HS384 only'],
    });
  });
});
