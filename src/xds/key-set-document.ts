import type { LocalKeySet, VerificationKey } from '../ir/jwt.ts';
import type { Translation } from './translation.ts';
import type { EnvoyConfig } from './typed-config.ts';

/** A local key set as the JWKS that Envoy verifies by; one with shared secrets is a file of its own. */
export function keySetSource(keySet: LocalKeySet, translation: Translation): EnvoyConfig {
  const { secrets, refer } = translation;
  if (secrets === undefined && keySet.keys.some(({ secret }) => secret !== undefined)) {
    const name = `secrets/${keySet.id}.jwks.json`;
    refer({ kind: 'file', name, content: `a JWKS with the shared secrets of ${keySet.id}` });
    return { filename: name };
  }
  const keys = keySet.keys.flatMap((key) => jwksOf(key, secrets?.[key.secret ?? '']));
  return { inline_string: JSON.stringify({ keys }) };
}

/**
 * One JWK for each algorithm that a key may verify: Envoy compares the `alg` of a token only with one that is written at the
 * key, and else verifies whatever the token says.
 */
function jwksOf(key: VerificationKey, secret: string | undefined): readonly EnvoyConfig[] {
  const { kid, kty, algorithms, jwk } = key;
  return algorithms.map((alg) => ({
    kty,
    ...(kid === undefined ? {} : { kid }),
    alg,
    ...jwk,
    ...(secret === undefined ? {} : { k: secret }),
  }));
}
