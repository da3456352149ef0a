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
  const keys = keySet.keys.map((key) => jwkOf(key, secrets?.[key.secret ?? '']));
  return { inline_string: JSON.stringify({ keys }) };
}

/** `alg` is always written where only one is possible: Envoy does not compare it with the type of the key. */
function jwkOf(key: VerificationKey, secret: string | undefined): EnvoyConfig {
  const { kid, kty, algorithms, jwk } = key;
  const [alg, ...others] = algorithms;
  return {
    kty,
    ...(kid === undefined ? {} : { kid }),
    ...(alg === undefined || others.length > 0 ? {} : { alg }),
    ...jwk,
    ...(secret === undefined ? {} : { k: secret }),
  };
}
