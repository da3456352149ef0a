import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { keysFolder } from '../golden-story.ts';

/** Keys of a provider as they stand in a manifest, and the names of the private keys behind them. */
export interface KeyChoice {
  readonly jwks: { readonly local: { readonly key: string } } | { readonly remote: Remote };
  readonly signers: readonly string[];
  /** Algorithms other than the key's usual one that it verifies too. */
  readonly algs?: readonly string[];
}

interface Remote {
  readonly url: string;
  readonly upstreamRef: { readonly name: string };
}

const text = (file: string): string => readFileSync(join(keysFolder, file), 'utf8');

function keySet(names: readonly string[], members: object = {}): string {
  const keys = names.map((name) => ({
    ...(JSON.parse(text(`${name}.jwk.json`)) as object),
    ...members,
  }));
  return JSON.stringify({ keys });
}

const pem = (name: string): KeyChoice => ({
  jwks: { local: { key: text(`${name}.public.pem`) } },
  signers: [name],
});

const local = (key: string, signers: readonly string[], algs?: readonly string[]): KeyChoice => ({
  jwks: { local: { key } },
  signers,
  ...(algs ? { algs } : {}),
});

const remote = (path: string): KeyChoice => ({
  jwks: { remote: { url: `http://keys.test/${path}`, upstreamRef: { name: 'keys' } } },
  signers: ['ec-p256', 'rsa'],
});

/** What `jwks` of {@link GoldenRequests} publishes; `/down.json` is not there. */
export const publishedSets = { 'http://keys.test/up.json': ['ec-p256', 'rsa'] } as const;

/** RSA signs slowly, so the others are told more often. */
export const keyChoices: readonly KeyChoice[] = [
  pem('ec-p256'),
  pem('ec-p256'),
  pem('ed25519'),
  pem('rsa'),
  pem('ec-p384'),
  local(keySet(['ec-p256', 'ec-p384', 'ed25519']), ['ec-p256', 'ec-p384', 'ed25519']),
  local(keySet(['rsa', 'ec-p256']), ['rsa', 'ec-p256'], ['RS384', 'PS256', 'PS512']),
  local(keySet(['ec-p256'], { alg: 'ES256', use: 'sig' }), ['ec-p256']),
  local(keySet(['ec-p256', 'ed25519'], { kid: 'same' }), ['ec-p256', 'ed25519']),
  local(keySet(['ed25519', 'ec-p256'], { kid: undefined }), ['ec-p256', 'ed25519']),
  local(keySet(['rsa-2'], { alg: 'PS384' }), ['rsa-2'], ['PS384']),
  local(keySet(['oct']), ['oct'], ['HS256', 'HS384', 'HS512']),
  local(keySet(['oct'], { alg: 'HS256' }), ['oct']),
  remote('up.json'),
  remote('up.json'),
  remote('down.json'),
];

export const signingKeys = ['ec-p256', 'ec-p384', 'ed25519', 'rsa', 'rsa-2', 'oct'] as const;
export const issuers = ['https://a.test', 'https://b.test', 'https://c.test/'] as const;
export const audiences = ['api', 'https://api/', 'mobile', 'http://web/'] as const;
export const providerNames = ['alpha', 'beta', 'gamma'] as const;

export const prefixes = [
  '/',
  '/api',
  '/api/',
  '/api/pets',
  '/open',
  '/admin/',
  '/v1/models',
] as const;
export const exactPaths = ['/api/pets', '/health', '/'] as const;
export const regexPaths = [
  '/api/[a-z]+',
  '/v[0-9]+/.*',
  '/(open|shut).*',
  '(?i)/ADMIN/.*',
] as const;
export const targets = [
  '/',
  '/api',
  '/api/',
  '/api/pets',
  '/api/pets/7',
  '/api/petsX',
  '/api/%70ets',
  '/api/./pets',
  '/open/../api/pets',
  '/api//pets',
  '/API/pets',
  '/api;x/pets',
  '/open',
  '/open/door',
  '/shut',
  '/admin/users',
  '/Admin/users',
  '/health',
  '/v1/models',
  '/v1/models/org%2Fname',
  '/v1/chat/completions',
  '/elsewhere',
] as const;
export const methods = ['GET', 'GET', 'GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS'] as const;

/** Values that a claim may have, by its name; those in front are the ones that policies ask for. */
export const claimValues: Readonly<Record<string, readonly unknown[]>> = {
  role: ['admin', 'user', 'reader', 'Admin', 'admin ', 7, ['admin'], null],
  company: ['solo.io', 'acme', 'solo.io ', ''],
  email: ['alice@solo.io', 'bob@acme.test', 'alice@solo.io.evil', 'zoë@solo.io', 'a\nb@solo.io'],
  admin: [true, false, 'true', 1, null],
  groups: [['dev', 'ops'], ['dev'], ['dev', 1, null, { a: 1 }], [], 'dev', [['dev']]],
  org: [
    { name: 'solo', unit: { name: 'dev', lead: true }, tags: ['x', 'y'] },
    { name: 'acme', unit: { name: 'ops', lead: false }, tags: [] },
    { name: 'solo', unit: 'dev' },
    [{ name: 'solo' }],
    'solo',
  ],
  level: [3, 0, -7, 1.5, 1e10, 4294967296, 1e-10, '3'],
  active: [true, false],
};

/** Claims of objects, as policies and mappings name them. */
export const nestedClaims = ['org.name', 'org.unit.name', 'org.unit.lead', 'org.tags'] as const;
export const claimRegexes: Readonly<Record<string, readonly string[]>> = {
  email: ['.*@solo\\.io', '[a-z]+@.*', '(?i)ALICE@.*', 'zo.@solo\\.io', '.*'],
  role: ['admin|user', 'a.*', '[^u].*'],
  company: ['.*', 'solo.*', 'a?'],
};
