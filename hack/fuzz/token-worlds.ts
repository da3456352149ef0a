import { createPublicKey } from 'node:crypto';

import type { JwtProvider, TokenSource, ValidationPolicy } from '../../src/ir/jwt.ts';
import { keyFile } from '../../test/support/resources.ts';
import type { TestKey } from '../../test/support/token-factory.ts';
import { issuerKeys, withAlg } from './token-keys.ts';

/** A key as its owner means it: what the oracle trusts, said without the code that reads keys. */
export interface TrustedKey {
  readonly kid?: string;
  readonly algs: readonly string[];
  readonly jwk: Readonly<Record<string, string>>;
}

/** A provider, the text its keys come from, and what that text means. */
export interface WorldProvider {
  readonly provider: JwtProvider;
  readonly keyText: string;
  readonly remote?: boolean;
  readonly trusted: readonly TrustedKey[];
  /** Who may sign for it. */
  readonly signers: readonly TestKey[];
}

/** One configuration that tokens are thrown at. */
export interface World {
  readonly name: string;
  /** How often, beside the others. */
  readonly weight: number;
  readonly validation: ValidationPolicy;
  readonly providers: readonly WorldProvider[];
}

/** Where every provider looks. */
export const places = {
  parameter: { kind: 'query', name: 'access_token' },
  bearer: { kind: 'header', name: 'authorization', prefix: 'Bearer ' },
  custom: { kind: 'header', name: 'x-token', prefix: '' },
} as const satisfies Record<string, TokenSource>;

/** Claims that become headers. */
export const claimMappings = [
  { claim: 'sub', header: 'x-sub', append: false },
  { claim: 'role', header: 'x-role', append: false },
  { claim: 'name', header: 'x-name', append: true },
  { claim: 'deep.er', header: 'x-deep', append: false },
  { claim: 'https://ns.example/role', header: 'x-ns', append: false },
  { claim: '__proto__', header: 'x-proto', append: false },
  { claim: 'exp', header: 'x-exp', append: false },
] as const;

interface ProviderSetting {
  readonly name?: string;
  readonly keyText: string;
  readonly trusted: readonly TrustedKey[];
  readonly signers: readonly TestKey[];
  readonly more?: Partial<JwtProvider>;
  readonly remote?: boolean;
}

function providerOf(setting: ProviderSetting): WorldProvider {
  const { name = 'kc', more, ...rest } = setting;
  const provider: JwtProvider = {
    name,
    issuer: `https://${name}.example`,
    audiences: ['api', 'second.example/x'],
    keySet: name,
    sources: [places.parameter, places.custom, places.bearer],
    keepToken: false,
    claimsToHeaders: claimMappings,
    clockSkewSeconds: 60,
    ...more,
  };
  return { provider, ...rest };
}

const algsOf = (key: TestKey): readonly string[] => {
  if (key.jwk['kty'] === 'RSA') return ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];
  if (key.jwk['kty'] === 'oct') return ['HS256', 'HS384', 'HS512'];
  return [key.alg];
};

const bare = ({ jwk }: TestKey): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(jwk).filter(([name]) => name !== 'kid'));

const spkiOf = (key: TestKey): string =>
  createPublicKey(key.spki).export({ type: 'spki', format: 'pem' }).toString();

/** One key with `kid` and `alg` in a JWKS, for each algorithm there is. */
function algorithmWorlds(): World[] {
  const { rsa, p256, p384, p521, ed, oct } = issuerKeys;
  return [rsa, p256, p384, p521, ed, oct].flatMap((key) =>
    algsOf(key).map((alg) => {
      const signer = withAlg(key, alg);
      const keyText = JSON.stringify({ keys: [{ ...key.jwk, alg, use: 'sig' }] });
      const trusted = [{ kid: key.kid, algs: [alg], jwk: bare(key) }];
      return world(`jwks-${alg}`, { keyText, trusted, signers: [signer] }, weightOf(alg));
    }),
  );
}

/** Checking one signature of P-521 takes longer (1.5 ms) than all else; such keys are as rare here as they are in use. */
function weightOf(alg: string): number {
  if (alg === 'ES512') return 0.3;
  if (alg === 'ES384') return 1;
  return alg.startsWith('RS') || alg.startsWith('PS') ? 3 : 8;
}

function world(name: string, setting: ProviderSetting, weight: number): World {
  return { name, weight, validation: 'REQUIRE_VALID', providers: [providerOf(setting)] };
}

/** A JWK by itself, without `kid` and `alg`: it is tried for any `kid`, and its type says the algorithms. */
function bareWorlds(): World[] {
  const { rsa, p256, p384, p521, ed, oct } = issuerKeys;
  return [rsa, p256, p384, p521, ed, oct].map((key) => {
    const signers = algsOf(key).map((alg) => withAlg(key, alg));
    const trusted = [{ algs: algsOf(key), jwk: bare(key) }];
    const keyText = JSON.stringify(bare(key));
    return world(`bare-${key.kid}`, { keyText, trusted, signers }, weightOf(key.alg));
  });
}

/** PEM texts: no `kid`, and the one algorithm of their type. */
function pemWorlds(): World[] {
  const { rsa, p256, p384, p521, ed } = issuerKeys;
  const spki = [rsa, p256, p384, p521, ed].map((key) => [`spki-${key.kid}`, key, spkiOf(key)]);
  const others = ['rsa.pkcs1.pem', 'rsa.certificate.pem'].map((file) => [
    file,
    rsa,
    keyFile(file).replaceAll('\n', '\n    '),
  ]);
  return ([...spki, ...others] as [string, TestKey, string][]).map(([name, key, keyText]) => {
    const trusted = [{ algs: [key.alg], jwk: bare(key) }];
    return world(name, { keyText, trusted, signers: [key] }, weightOf(key.alg));
  });
}

/** Several keys: two of them under one `kid`, one that is not for signatures. */
function setOfPublicKeys(remote: boolean): World {
  const { rsa, rsa2, p256, ed } = issuerKeys;
  const keys = [
    rsa.jwk,
    { ...rsa2.jwk, kid: 'rsa' },
    p256.jwk,
    bare(ed),
    { ...issuerKeys.p384.jwk, use: 'enc' },
  ];
  const trusted = [
    { kid: 'rsa', algs: algsOf(rsa), jwk: bare(rsa) },
    { kid: 'rsa', algs: algsOf(rsa2), jwk: bare(rsa2) },
    { kid: 'ec-p256', algs: ['ES256'], jwk: bare(p256) },
    { algs: ['EdDSA'], jwk: bare(ed) },
  ];
  const signers = [withAlg(rsa, 'PS256'), { ...rsa2, kid: 'rsa' }, p256, p256, ed, ed];
  const keyText = JSON.stringify({ keys });
  return world(remote ? 'remote-set' : 'set', { keyText, trusted, signers, remote }, 6);
}

/** Nothing is asked of the claims, and no second of skew is given. */
function laxWorld(): World {
  const { oct } = issuerKeys;
  const more = { audiences: [], clockSkewSeconds: 0 };
  const setting = {
    keyText: JSON.stringify({ keys: [oct.jwk] }),
    trusted: [{ kid: oct.kid, algs: algsOf(oct), jwk: bare(oct) }],
    signers: algsOf(oct).map((alg) => withAlg(oct, alg)),
    more,
  };
  const made = providerOf(setting);
  const { issuer: _issuer, ...anybody } = made.provider;
  return {
    name: 'lax',
    weight: 8,
    validation: 'REQUIRE_VALID',
    providers: [{ ...made, provider: anybody }],
  };
}

/** Two issuers with keys of two types, and the policies that let a request without a good token go on, as nobody. */
function pairWorlds(): World[] {
  const { rsa, ed, p256 } = issuerKeys;
  const first = providerOf({
    name: 'first',
    keyText: JSON.stringify({ keys: [ed.jwk] }),
    trusted: [{ kid: ed.kid, algs: ['EdDSA'], jwk: bare(ed) }],
    signers: [ed],
  });
  const second = providerOf({
    name: 'second',
    keyText: spkiOf(p256),
    trusted: [{ algs: ['ES256'], jwk: bare(p256) }],
    signers: [p256],
  });
  const third = providerOf({
    name: 'third',
    keyText: JSON.stringify({ keys: [{ ...rsa.jwk, kid: 'ed25519' }] }),
    trusted: [{ kid: 'ed25519', algs: algsOf(rsa), jwk: bare(rsa) }],
    signers: [{ ...rsa, kid: 'ed25519' }],
  });
  const policies = ['REQUIRE_VALID', 'ALLOW_MISSING', 'ALLOW_MISSING_OR_FAILED'] as const;
  return policies.map((validation) => ({
    name: `three-${validation}`,
    weight: 4,
    validation,
    providers: [first, second, third],
  }));
}

/** Every algorithm and every form a key can come in. */
export const worlds: readonly World[] = [
  ...algorithmWorlds(),
  ...bareWorlds(),
  ...pemWorlds(),
  setOfPublicKeys(false),
  setOfPublicKeys(true),
  laxWorld(),
  ...pairWorlds(),
];
