import { describe, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';

import { parseKeys, readKeyFile } from '../../../src/cli/token-key-file.ts';
import { publicJwk } from '../../../src/cli/token-key.ts';
import { openssl } from '../../support/openssl.ts';
import { createTempFolder } from '../../support/temp-folder.ts';

const rsa = openssl('genrsa', '2048');

function opensslFrom(text: string, ...args: readonly string[]): string {
  using folder = createTempFolder();
  writeFileSync(folder.pathOf('in.pem'), text);
  return openssl(...args, '-in', folder.pathOf('in.pem'));
}

describe('token key file', () => {
  it('reads the key of openssl genrsa, and every other form of it, as one key', async () => {
    const forms = [
      rsa,
      opensslFrom(rsa, 'rsa', '-traditional'),
      opensslFrom(rsa, 'rsa', '-pubout'),
      opensslFrom(rsa, 'rsa', '-RSAPublicKey_out'),
    ];
    const kids = await Promise.all(
      forms.map(async (text) => (await publicJwk(parseKeys(text)[0]!)).kid),
    );
    expect(new Set(kids).size).toBe(1);
  });

  it('reads a certificate', async () => {
    using folder = createTempFolder();
    writeFileSync(folder.pathOf('key.pem'), rsa);
    const certificate = openssl('req', '-x509', '-key', folder.pathOf('key.pem'), '-subj', '/CN=a');
    expect((await publicJwk(parseKeys(certificate)[0]!)).kid).toBe(
      (await publicJwk(parseKeys(rsa)[0]!)).kid,
    );
  });

  it('skips the parameters that openssl ecparam writes before the key', () => {
    const text = openssl('ecparam', '-name', 'prime256v1', '-genkey');
    expect(text).toContain('BEGIN EC PARAMETERS');
    expect(parseKeys(text).map(({ key }) => key.asymmetricKeyType)).toEqual(['ec']);
  });

  it('reads a JWK and a JWKS with their kid and alg', async () => {
    const jwk = { ...(await publicJwk(parseKeys(rsa)[0]!)), kid: 'mine', alg: 'RS512' };
    const wanted = [expect.objectContaining({ kid: 'mine', alg: 'RS512' })];
    expect(parseKeys(JSON.stringify(jwk))).toEqual(wanted);
    expect(parseKeys(JSON.stringify({ keys: [jwk] }))).toEqual(wanted);
  });

  it.each([
    ['other text', 'hello', 'neither PEM nor JSON'],
    ['an empty JWKS', '{"keys":[]}', 'no key in it'],
    ['JSON without kty', '{"a":1}', 'JSON without kty'],
    ['a shared secret', '{"kty":"oct","k":"c2VjcmV0"}', 'has no public half'],
    [
      'a request',
      '-----BEGIN CERTIFICATE REQUEST-----\nAA==\n-----END CERTIFICATE REQUEST-----',
      'found CERTIFICATE REQUEST',
    ],
    [
      'an encrypted key',
      openssl('genpkey', '-algorithm', 'ed25519', '-aes256', '-pass', 'pass:abcd'),
      'decrypt it first: openssl pkey',
    ],
  ])('refuses %s and says what it takes', (_title, text, words) => {
    expect(() => parseKeys(text)).toThrow(words);
  });

  it('names the file', async () => {
    using folder = createTempFolder();
    await expect(readKeyFile(folder.pathOf('none.pem'))).rejects.toMatchObject({
      code: 'ERR_KEY',
      message: expect.stringContaining('none.pem'),
    });
  });
});
