import { describe, expect, it } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { SignJWT } from 'jose';

import { checkSignature } from '../../../src/cli/token-signature.ts';
import { readToken, type TokenText } from '../../../src/cli/token-text.ts';

const pairs = [0, 1].map(() => generateKeyPairSync('ec', { namedCurve: 'P-256' }));
const [signer, stranger] = [pairs[0]!, pairs[1]!];

async function token(header: { kid?: string } = {}): Promise<TokenText> {
  const text = await new SignJWT({})
    .setProtectedHeader({ alg: 'ES256', ...header })
    .sign(signer.privateKey);
  return readToken(text) as TokenText;
}

describe('token signature', () => {
  it('tries every key that fits', async () => {
    const keys = [{ key: stranger.publicKey }, { key: signer.publicKey }];
    expect(await checkSignature(await token(), keys)).toMatchObject({ valid: true });
  });

  it('leaves keys with another kid aside', async () => {
    const keys = [{ key: signer.publicKey, kid: 'other' }];
    expect(await checkSignature(await token({ kid: 'mine' }), keys)).toEqual({
      valid: false,
      text: 'not one of the 1 key(s) given has kid mine and alg ES256',
    });
  });

  it('leaves keys of another type or algorithm aside', async () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
    const keys = [{ key: rsa }, { key: signer.publicKey, alg: 'ES384' }];
    expect(await checkSignature(await token(), keys)).toMatchObject({ valid: false });
  });

  it('says which key it was not', async () => {
    const check = await checkSignature(await token(), [{ key: stranger.publicKey }]);
    expect(check).toEqual({
      valid: false,
      text: expect.stringMatching(/^not valid by the key [\w-]{43}: /),
    });
  });

  it('never takes an unsigned token for signed', async () => {
    const unsigned = readToken(`${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`);
    expect(await checkSignature(unsigned as TokenText, [{ key: signer.publicKey }])).toMatchObject({
      valid: false,
    });
  });
});
