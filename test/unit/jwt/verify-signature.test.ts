import { createPublicKey } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';
import { CompactSign, compactVerify, importJWK } from 'jose';

import { createKeySnapshot, type PreparedKey } from '../../../src/jwt/key-snapshot.ts';
import { importKeys } from '../../../src/jwt/import-keys.ts';
import { parseToken, type ParsedToken } from '../../../src/jwt/parse-token.ts';
import { selectKeys, verifySignature } from '../../../src/jwt/verify-signature.ts';
import { createTestKey, encodePart, signToken, type TestKey } from '../../support/token-factory.ts';

const algorithms = ['RS', 'PS', 'ES', 'HS'].flatMap((family) =>
  [256, 384, 512].map((bits) => `${family}${bits}`),
);
const all = [...algorithms, 'EdDSA'];
const rsa = createTestKey('RS256', 'rsa');
const made = new Map<string, TestKey>(
  all.map((alg) => [alg, /^[RP]S/.test(alg) ? { ...rsa, alg } : createTestKey(alg)]),
);
const keyFor = (alg: string): TestKey => made.get(alg)!;

async function prepared(...jwks: object[]): Promise<readonly PreparedKey[]> {
  const { keys } = await importKeys(JSON.stringify({ keys: jwks }), { allowWeakKeys: true });
  return createKeySnapshot(keys).keys;
}

function parsed(token: string): ParsedToken {
  const result = parseToken(token);
  if ('body' in result) throw new Error(result.body);
  return result;
}

async function bodyFor(token: string, ...jwks: object[]): Promise<string> {
  const keys = await prepared(...jwks);
  return verifySignature(parsed(token), keys)?.body ?? 'good';
}

const payload = { sub: 'me', text: 'é😀' };
const respell = (token: string, change: (bytes: Buffer) => Buffer): string => {
  const [header, body, signature = ''] = token.split('.');
  return `${header}.${body}.${change(Buffer.from(signature, 'base64url')).toString('base64url')}`;
};

describe('verifySignature against jose', () => {
  test.each(all)('%s: takes what jose signs, as jose takes what we sign', async (alg) => {
    const key = keyFor(alg);
    const signer = key.privateKey ?? key.secret!;
    const byJose = await new CompactSign(Buffer.from(JSON.stringify(payload)))
      .setProtectedHeader({ alg, kid: key.kid })
      .sign(signer);
    expect(await bodyFor(byJose, key.jwk)).toBe('good');
    const verifier = await importJWK(key.jwk, alg);
    await expect(compactVerify(signToken(key, payload), verifier)).resolves.toBeDefined();
  });

  test.each(all)('%s: one bit more or less is refused, by jose as well', async (alg) => {
    const key = keyFor(alg);
    const token = signToken(key, payload);
    const verifier = await importJWK(key.jwk, alg);
    const spoiled = [0, 1, 20].map((at) =>
      respell(token, (bytes) => {
        bytes[at]! ^= 1;
        return bytes;
      }),
    );
    const other = token.replace(/\.[^.]+\./, `.${encodePart({ ...payload, sub: 'you' })}.`);
    for (const bad of [...spoiled, other]) {
      expect(await bodyFor(bad, key.jwk)).toBe('Jwt verification fails');
      await expect(compactVerify(bad, verifier)).rejects.toThrow();
    }
  });
});

describe('verifySignature: forged forms', () => {
  test.each(all)('%s: a signature of another length is refused', async (alg) => {
    const key = keyFor(alg);
    const token = signToken(key, payload);
    const body =
      alg === 'EdDSA' ? 'Jwt ED25519 signature is wrong length' : 'Jwt verification fails';
    const changes: ((bytes: Buffer) => Buffer)[] = [
      (bytes) => Buffer.concat([bytes, Buffer.from([0])]),
      (bytes) => Buffer.concat([Buffer.from([0]), bytes]),
      (bytes) => bytes.subarray(0, -1),
      (bytes) => Buffer.concat([bytes, bytes]),
      () => Buffer.from([1]),
    ];
    for (const change of changes) {
      expect(await bodyFor(respell(token, change), key.jwk)).toBe(body);
    }
  });

  test.each(['ES256', 'ES384', 'ES512'])('%s: r = s = 0, r or s of the order, DER', async (alg) => {
    const key = keyFor(alg);
    const token = signToken(key, payload);
    const half = Buffer.from(token.split('.')[2]!, 'base64url').length / 2;
    const forged = [
      Buffer.alloc(2 * half),
      Buffer.alloc(2 * half, 0xff),
      Buffer.concat([Buffer.alloc(half), Buffer.alloc(half, 1)]),
      Buffer.from('3006020101020101', 'hex'),
    ];
    for (const bytes of forged) {
      expect(
        await bodyFor(
          respell(token, () => bytes),
          key.jwk,
        ),
      ).toBe('Jwt verification fails');
    }
  });

  test('RSA: a PKCS#1 signature is no PSS signature, and the other way round', async () => {
    const swapped = signToken(keyFor('RS256'), payload, { alg: 'PS256' });
    expect(await bodyFor(swapped, rsa.jwk)).toBe('Jwt verification fails');
    const back = signToken(keyFor('PS256'), payload, { alg: 'RS256' });
    expect(await bodyFor(back, rsa.jwk)).toBe('Jwt verification fails');
  });

  test('a public key is never a shared secret', async () => {
    const texts = [rsa.spki, rsa.spki.trim(), ` ${rsa.spki}`, JSON.stringify(rsa.jwk), rsa.jwk.n!];
    const der = createPublicKey(rsa.spki).export({ type: 'spki', format: 'der' });
    for (const secret of [...texts.map((text) => Buffer.from(text)), der]) {
      const token = signToken({ ...keyFor('HS256'), secret }, payload, { alg: 'HS256' });
      const keys = await prepared(rsa.jwk);
      expect(selectKeys(keys, parsed(token))).toEqual([]);
      expect(verifySignature(parsed(token), keys)?.body).toBe('Jwt verification fails');
    }
  });

  test('a shared secret is never a public key', async () => {
    const token = signToken(rsa, payload, { alg: 'RS256' });
    expect(await bodyFor(token, keyFor('HS256').jwk)).toBe('Jwt verification fails');
  });
});

describe('selectKeys', () => {
  const names = async (header: object, ...jwks: object[]): Promise<string[]> => {
    const token = parsed(signToken(rsa, {}, header));
    return selectKeys(await prepared(...jwks), token).map(({ kid, kty }) => kid ?? kty);
  };
  const { kid: _kid, ...nameless } = rsa.jwk;

  test.each<[string, object, object[], string[]]>([
    ['kid of one', { alg: 'RS256', kid: 'rsa' }, [rsa.jwk, { ...rsa.jwk, kid: 'b' }], ['rsa']],
    ['the same kid twice', { alg: 'RS256', kid: 'rsa' }, [rsa.jwk, rsa.jwk], ['rsa', 'rsa']],
    ['no kid in the token', { alg: 'RS256' }, [rsa.jwk, { ...rsa.jwk, kid: 'b' }], ['rsa', 'b']],
    ['an empty kid', { alg: 'RS256', kid: '' }, [rsa.jwk], ['rsa']],
    ['a key without kid', { alg: 'RS256', kid: 'x' }, [rsa.jwk, nameless], ['RSA']],
    ['an unknown kid', { alg: 'RS256', kid: 'x' }, [rsa.jwk], []],
    ['a kid in another case', { alg: 'RS256', kid: 'RSA' }, [rsa.jwk], []],
    ['a kid of over 256 bytes', { alg: 'RS256', kid: 'x'.repeat(257) }, [nameless], []],
    ['a kid of 256 bytes', { alg: 'RS256', kid: 'x'.repeat(256) }, [nameless], ['RSA']],
    ['__proto__', { alg: 'RS256', kid: '__proto__' }, [rsa.jwk], []],
    ['the alg of the key', { alg: 'RS512' }, [{ ...rsa.jwk, alg: 'RS256' }], []],
    ['an alg of another type', { alg: 'ES256' }, [rsa.jwk], []],
    ['HS256 for an RSA key', { alg: 'HS256' }, [rsa.jwk], []],
    ['any RSA alg for a key without alg', { alg: 'PS512' }, [rsa.jwk], ['rsa']],
    ['ES256 for another curve', { alg: 'ES256' }, [keyFor('ES384').jwk], []],
  ])('%s', async (_what, header, jwks, expected) => {
    expect(await names(header, ...jwks)).toEqual(expected);
  });
});
