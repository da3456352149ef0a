import { describe, expect, test } from '@jest/globals';

import { importKeys, importKeySet } from '../../../src/jwt/import-keys.ts';
import { importSummary, strict } from '../../support/import-summary.ts';
import { createTestKey } from '../../support/token-factory.ts';

const rsa = createTestKey('RS256');
const ec256 = createTestKey('ES256');
const ed = createTestKey('EdDSA');
const hs = createTestKey('HS256');

describe('importKeys: sets', () => {
  test('one bad key costs only itself; the same kid twice is fine', async () => {
    const keys = [
      rsa.jwk,
      { kty: 'EC', crv: 'P-256', x: 'AAAA', y: 'AAAA' },
      'x',
      ec256.jwk,
      rsa.jwk,
    ];
    const { keys: good, findings } = await importSummary(JSON.stringify({ keys }));
    expect(good.map(([kty]) => kty)).toEqual(['RSA', 'EC', 'RSA']);
    expect(findings).toEqual([
      'error InvalidKey keys[1]: found no valid EC key in its members',
      'error InvalidKey keys[2]: found no object, accepted a JWK',
    ]);
  });

  test('shared secrets beside public keys are refused altogether', async () => {
    expect(await importSummary(JSON.stringify({ keys: [rsa.jwk, hs.jwk] }))).toEqual({
      keys: [],
      findings: [
        'error InvalidKey found 1 shared secret(s) (oct) beside 1 public key(s), accepted one kind in a set',
      ],
    });
  });

  test.each([
    ['a list', '[]', 'no key: found a text of 2'],
    ['no JSON', '{', 'no key set'],
    ['a member twice', '{"keys":[],"keys":[]}', 'no key set'],
    ['keys that are no list', '{"keys":{}}', 'keys: found no list'],
    ['an empty list', '{"keys":[]}', 'keys: found an empty list'],
    [
      '101 keys',
      JSON.stringify({ keys: Array.from({ length: 101 }, () => ec256.jwk) }),
      'keys: found 101, accepted 100 at most',
    ],
    ['nothing', '  ', 'no key: found an empty text'],
    ['junk', 'not a key', 'no key: found a text of 9 characters'],
    ['HTML', '<html>', 'no key: found a text of 6 characters'],
  ])('%s is refused', async (_what, text, message) => {
    const { keys, findings } = await importSummary(text);
    expect(keys).toEqual([]);
    expect(findings.join()).toContain(message);
  });

  test('a set from the network is never a PEM', async () => {
    const { keys } = await importKeySet(rsa.spki, strict);
    expect(keys).toEqual([]);
  });
});

describe('importKeys: hostile texts', () => {
  test('messages never repeat what a key holds', async () => {
    const canary = 'Q0FOQVJZQ0FOQVJZ';
    const texts = [
      canary,
      `{"kty":"oct","k":"${canary}"}`,
      `{"kty":"oct","k":"${canary}=="}`,
      `{"kty":"RSA","n":"${canary}","e":"AQAB"}`,
      `{"kty":"EC","crv":"${canary}","x":"${canary}","y":"${canary}"}`,
      `{"kty":"${canary}","alg":"${canary}","use":"${canary}"}`,
      `{"kty":"RSA","alg":"${canary}"}`,
      `{"${canary}":`,
      `-----BEGIN PRIVATE KEY-----\n${canary}\n-----END PRIVATE KEY-----`,
      `-----BEGIN PUBLIC KEY-----\n${canary}\n-----END PUBLIC KEY-----`,
    ];
    for (const text of texts) {
      const { findings } = await importKeys(text, strict);
      expect(findings.length).toBeGreaterThan(0);
      expect(JSON.stringify(findings)).not.toContain(canary);
    }
  });

  test('never throws', async () => {
    const text = JSON.stringify({ keys: [rsa.jwk, ec256.jwk, ed.jwk] });
    for (let cut = 0; cut < text.length; cut += 7) {
      await expect(importKeys(text.slice(0, cut), strict)).resolves.toBeDefined();
      await expect(importKeys(rsa.spki.slice(0, cut), strict)).resolves.toBeDefined();
    }
  });
});
