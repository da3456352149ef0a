/** How a signature algorithm (RFC 7518 section 3, RFC 8037) is carried out. */
export interface Algorithm {
  readonly name: string;
  readonly kind: 'rsa' | 'rsa-pss' | 'ec' | 'ed25519' | 'hmac';
  /** Name of the hash for node:crypto; null: the algorithm brings its own. */
  readonly hash: string | null;
  readonly hashBytes: number;
}

const kinds = { RS: 'rsa', PS: 'rsa-pss', ES: 'ec', HS: 'hmac' } as const;

const algorithms: ReadonlyMap<string, Algorithm> = new Map(
  [
    ...(['RS', 'PS', 'ES', 'HS'] as const).flatMap((family) =>
      [256, 384, 512].map((bits): Algorithm => ({
        name: `${family}${bits}`,
        kind: kinds[family],
        hash: `sha${bits}`,
        hashBytes: bits / 8,
      })),
    ),
    { name: 'EdDSA', kind: 'ed25519', hash: null, hashBytes: 0 } as const,
  ].map((algorithm) => [algorithm.name, algorithm]),
);

/** The algorithm of a JOSE name; undefined for every other spelling, and for `none`. */
export function algorithmOf(name: string): Algorithm | undefined {
  return algorithms.get(name);
}

/** Whether a token may name this algorithm at all; whether a key takes it is another question. */
export function isSupportedAlgorithm(name: string): boolean {
  return algorithms.has(name);
}
