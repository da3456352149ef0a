import { createECDH, createHash, createPrivateKey, createPublicKey } from 'node:crypto';

import { createTestKey, type TestKey } from '../../test/support/token-factory.ts';
import { keyFile } from '../../test/support/resources.ts';

/** Keys of the issuers: the same in every run, so that a seed means the same tokens. */
export const issuerKeys = {
  rsa: fromPem('rsa', 'RS256'),
  rsa2: fromPem('rsa-2', 'RS256'),
  p256: fromPem('ec-p256', 'ES256'),
  p384: fromPem('ec-p384', 'ES384'),
  p521: fromScalar('secp521r1', 'P-521', 'ES512'),
  ed: fromPem('ed25519', 'EdDSA'),
  oct: createTestKey('HS256', 'oct'),
} as const;

/** Keys of somebody else, under the names of the issuers' keys. */
export const attackerKeys = {
  rsa: { ...issuerKeys.rsa2, kid: 'rsa' },
  p256: fromScalar('prime256v1', 'P-256', 'ES256', 'ec-p256'),
  p384: fromScalar('secp384r1', 'P-384', 'ES384', 'ec-p384'),
  p521: fromScalar('secp521r1', 'P-521', 'ES512', 'p521', 'attacker'),
  ed: createTestKey('EdDSA', 'ed25519'),
  oct: { ...createTestKey('HS256', 'somebody'), kid: 'oct' },
} as const;

/** The same key for another algorithm of its family. */
export function withAlg(key: TestKey, alg: string): TestKey {
  return { ...key, alg };
}

function fromPem(name: string, alg: string): TestKey {
  const privateKey = createPrivateKey(keyFile(`${name}.private.pem`));
  const publicKey = createPublicKey(privateKey);
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: name } as Record<string, string>;
  const spki = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  return { alg, kid: name, privateKey, jwk, spki };
}

/** An elliptic key whose secret is the hash of a name. */
function fromScalar(
  curve: string,
  crv: string,
  alg: string,
  kid = crv.replace('-', '').toLowerCase(),
  name = `fuzz ${crv} ${kid}`,
): TestKey {
  const bytes = { 'P-256': 32, 'P-384': 48, 'P-521': 66 }[crv] ?? 0;
  const scalar = Buffer.alloc(bytes);
  createHash('sha256')
    .update(name)
    .digest()
    .copy(scalar, bytes - 32);
  // Below the order of every curve.
  scalar[bytes - 32] = (scalar[bytes - 32] ?? 0) & 0x7f;
  const ecdh = createECDH(curve);
  ecdh.setPrivateKey(scalar);
  const point = ecdh.getPublicKey();
  const jwk = {
    kty: 'EC',
    crv,
    x: point.subarray(1, 1 + bytes).toString('base64url'),
    y: point.subarray(1 + bytes).toString('base64url'),
  };
  const d = scalar.toString('base64url');
  const privateKey = createPrivateKey({ key: { ...jwk, d }, format: 'jwk' });
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString();
  return { alg, kid, privateKey, jwk: { ...jwk, kid }, spki };
}
