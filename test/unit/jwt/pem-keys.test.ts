import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { importKeys } from '../../../src/jwt/import-keys.ts';
import { importSummary, strict } from '../../support/import-summary.ts';
import { openssl } from '../../support/openssl.ts';
import { createTempFolder } from '../../support/temp-folder.ts';
import { createTestKey } from '../../support/token-factory.ts';

const rsa = createTestKey('RS256');
const ec256 = createTestKey('ES256');
const ec384 = createTestKey('ES384');
const ec521 = createTestKey('ES512');
const ed = createTestKey('EdDSA');

const pem = (key: KeyObject, type: 'spki' | 'pkcs1' | 'pkcs8' | 'sec1'): string =>
  (key.type === 'private'
    ? key.export({ type, format: 'pem' })
    : key.export({ type, format: 'pem' })
  ).toString();
const publicOf = (key: { privateKey?: KeyObject }): KeyObject => createPublicKey(key.privateKey!);

describe('importPem: keys', () => {
  test.each([
    ['RSA SPKI', rsa.spki, 'RSA', 'RS256'],
    ['RSA PKCS#1', pem(publicOf(rsa), 'pkcs1'), 'RSA', 'RS256'],
    ['P-256', ec256.spki, 'EC', 'ES256'],
    ['P-384', ec384.spki, 'EC', 'ES384'],
    ['P-521', ec521.spki, 'EC', 'ES512'],
    ['Ed25519', ed.spki, 'OKP', 'EdDSA'],
  ])('%s is %s key for %s', async (_what, text, kty, algorithms) => {
    expect(await importSummary(text)).toEqual({ keys: [[kty, '', algorithms]], findings: [] });
  });

  test('only the public members are kept', async () => {
    const { keys } = await importKeys(rsa.spki, strict);
    expect(keys[0]?.key.jwk).toEqual({ n: rsa.jwk.n, e: 'AQAB' });
    expect(keys[0]?.sharedSecret).toBeUndefined();
  });

  test.each([
    ['surrounding white space', (text: string) => `\n\n  ${text}\n\t\n`],
    ['indented lines', (text: string) => text.replaceAll('\n', '\n      ')],
    ['lines folded into one', (text: string) => text.replaceAll('\n', ' ')],
    ['CRLF', (text: string) => text.replaceAll('\n', '\r\n')],
    ['a byte order mark', (text: string) => `\ufeff${text}`],
    ['a comment in front', (text: string) => `# key of the issuer\n${text}`],
  ])('reads a PEM with %s, still as RSA', async (_what, spoil) => {
    expect((await importSummary(spoil(rsa.spki))).keys).toEqual([['RSA', '', 'RS256']]);
  });

  test.each([
    ['PKCS#8', pem(rsa.privateKey!, 'pkcs8'), 'RSA'],
    ['PKCS#1', pem(rsa.privateKey!, 'pkcs1'), 'RSA'],
    ['SEC1', pem(ec256.privateKey!, 'sec1'), 'EC'],
    ['Ed25519 PKCS#8', pem(ed.privateKey!, 'pkcs8'), 'OKP'],
  ])('of a private key (%s) only the public part is used', async (_what, text, kty) => {
    const { keys, findings } = await importKeys(text, strict);
    expect(keys.map(({ key }) => key.kty)).toEqual([kty]);
    expect(findings).toMatchObject([{ severity: 'warning', reason: 'InvalidKey' }]);
    expect(Object.keys(keys[0]!.key.jwk)).not.toContain('d');
  });

  test('several blocks are several keys, and a bad one costs only itself', async () => {
    const broken = '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n';
    const { keys, findings } = await importSummary(rsa.spki + broken + ec256.spki);
    expect(keys).toEqual([
      ['RSA', '', 'RS256'],
      ['EC', '', 'ES256'],
    ]);
    expect(findings).toEqual([
      'error InvalidKey block 1: found a PEM block that cannot be read, accepted PUBLIC KEY, RSA PUBLIC KEY or CERTIFICATE',
    ]);
  });

  test.each([
    ['no end', '-----BEGIN PUBLIC KEY-----\nAAAA', 'without a whole block'],
    ['another end', rsa.spki.replace('END PUBLIC', 'END RSA PUBLIC'), 'cannot be read'],
    ['no base64', rsa.spki.replace('\nMII', '\n*II'), 'cannot be read'],
    [
      'an encrypted private key',
      '-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----',
      'found a PEM block ENCRYPTED PRIVATE KEY',
    ],
    [
      'a certificate request',
      '-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----',
      'found a PEM block CERTIFICATE REQUEST',
    ],
    [
      'a broken certificate',
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
      'cannot be read',
    ],
    [
      'secp256k1',
      pem(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey, 'spki'),
      'crv: accepted P-256, P-384 or P-521',
    ],
    ['X25519', pem(generateKeyPairSync('x25519').publicKey, 'spki'), 'crv: accepted Ed25519'],
    [
      'RSA-PSS',
      pem(generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey, 'spki'),
      'found a key of type rsa-pss',
    ],
    ['101 blocks', ec256.spki.repeat(101), 'found 101 PEM blocks, accepted 100 at most'],
  ])('%s is refused', async (_what, text, message) => {
    const { keys, findings } = await importSummary(text);
    expect(keys).toEqual([]);
    expect(findings.join()).toContain(message);
  });
});

describe('importPem: certificates', () => {
  const folder = createTempFolder();
  const read = (name: string): string => readFileSync(folder.pathOf(name), 'utf8');

  beforeAll(() => {
    const at = folder.pathOf;
    const pair = (name: string): string[] => [
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      at(`${name}.key`),
    ];
    openssl('req', '-x509', ...pair('ca'), '-subj', '/CN=ca', '-out', at('ca.crt'));
    openssl('req', ...pair('leaf'), '-subj', '/CN=leaf', '-out', at('leaf.csr'));
    const signer = ['-CA', at('ca.crt'), '-CAkey', at('ca.key'), '-CAcreateserial'];
    openssl('x509', '-req', '-in', at('leaf.csr'), ...signer, '-out', at('leaf.crt'));
  });
  afterAll(() => folder[Symbol.dispose]());

  test('a self-signed one gives its key', async () => {
    expect(await importSummary(read('ca.crt'))).toEqual({
      keys: [['RSA', '', 'RS256']],
      findings: [],
    });
  });

  test('of a chain only the leaf is used', async () => {
    const { keys, findings } = await importKeys(read('leaf.crt') + read('ca.crt'), strict);
    const leaf = createPublicKey(read('leaf.key')).export({ format: 'jwk' });
    expect(keys.map(({ key }) => key.jwk.n)).toEqual([leaf.n]);
    expect(findings).toMatchObject([
      {
        severity: 'warning',
        message: 'block 1: not used: the authority of a certificate before it',
      },
    ]);
  });
});
