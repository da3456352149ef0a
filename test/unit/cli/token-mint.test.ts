import { describe, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';

import { createTokenMint } from '../../../src/cli/token-mint.ts';
import { parseKeys } from '../../../src/cli/token-key-file.ts';
import { publicJwk } from '../../../src/cli/token-key.ts';
import { checkSignature } from '../../../src/cli/token-signature.ts';
import { readToken, type TokenText } from '../../../src/cli/token-text.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { runCommand } from '../../support/command-run.ts';
import { openssl } from '../../support/openssl.ts';
import { createTempFolder } from '../../support/temp-folder.ts';

const now = 1_790_000_000;
const tokenMint = createTokenMint({ ...systemClock, now: () => now * 1000 + 999 });
const rsa = openssl('genrsa', '2048');

async function mint(flags: readonly string[], pem = rsa): Promise<TokenText> {
  using folder = createTempFolder();
  writeFileSync(folder.pathOf('key.pem'), pem);
  const { stdout } = await runCommand(tokenMint, ['--key', folder.pathOf('key.pem'), ...flags]);
  const token = readToken(stdout);
  if (typeof token === 'string') throw new Error(token);
  return token;
}

describe('token mint', () => {
  it('signs with the key of openssl genrsa: RS256, thumbprint as kid, an hour long', async () => {
    const token = await mint([]);
    const keys = parseKeys(rsa);
    expect(token.header).toEqual({
      alg: 'RS256',
      typ: 'JWT',
      kid: (await publicJwk(keys[0]!)).kid,
    });
    expect(token.payload).toEqual({ iat: now, exp: now + 3600 });
    expect(await checkSignature(token, keys)).toMatchObject({ valid: true });
  });

  it.each([
    [['--issuer', 'i', '--subject', 's'], { iss: 'i', sub: 's' }],
    [['--audience', 'a'], { aud: 'a' }],
    [['--audience', 'a', '--audience', 'b'], { aud: ['a', 'b'] }],
    [['--expires-in', '90s', '--not-before', '5m'], { exp: now + 90, nbf: now + 300 }],
    [['--claim', 'role=admin'], { role: 'admin' }],
    [['--claim', 'role=a=b:=c'], { role: 'a=b:=c' }],
    [['--claim', 'empty='], { empty: '' }],
    [
      ['--claim', 'https://x/roles:=["a"]', '--claim', 'ok:=true'],
      { 'https://x/roles': ['a'], ok: true },
    ],
    [['--claim', 'exp:=1646635611301'], { exp: 1_646_635_611_301 }],
  ])('%j sets %j', async (flags, claims) => {
    expect((await mint(flags)).payload).toEqual({ iat: now, exp: now + 3600, ...claims });
  });

  it('makes an own claim even of __proto__', async () => {
    expect(Object.keys((await mint(['--claim', '__proto__:={"a":1}'])).payload)).toContain(
      '__proto__',
    );
  });

  it('leaves exp out on --no-exp', async () => {
    expect((await mint(['--no-exp'])).payload).toEqual({ iat: now });
  });

  it.each([
    ['PS384', rsa],
    ['ES384', openssl('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384')],
    ['EdDSA', openssl('genpkey', '-algorithm', 'ed25519')],
  ])('signs with %s', async (alg, pem) => {
    const token = await mint(['--alg', alg, '--kid', 'k'], pem);
    expect(token.header).toEqual({ alg, typ: 'JWT', kid: 'k' });
    expect(await checkSignature(token, parseKeys(pem))).toMatchObject({ valid: true });
  });

  it.each([
    ['an algorithm of another key type', ['--alg', 'ES256'], '--alg: found ES256, accepted RS256'],
    ['HMAC with a key pair', ['--alg', 'HS256'], '--alg: found HS256'],
    ['a claim without a value', ['--claim', 'x'], '--claim: found x, accepted NAME=TEXT'],
    ['bad JSON', ['--claim', 'x:={'], '--claim x: the value after := is not JSON'],
    ['a bad duration', ['--expires-in', 'soon'], '--expires-in: found soon'],
  ])('refuses %s', async (_title, flags, message) => {
    await expect(mint(flags)).rejects.toThrow(message);
  });

  it('needs a private key', async () => {
    await expect(runCommand(tokenMint, [])).rejects.toThrow('--key is missing');
    const publicPem = parseKeys(rsa)[0]!;
    await expect(mint([], JSON.stringify(await publicJwk(publicPem)))).rejects.toThrow(
      'found a public key, accepted a private key',
    );
  });
});
