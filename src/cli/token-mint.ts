import { SignJWT, type JWTPayload } from 'jose';

import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import { durationArgument, parseArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { readKeyFile } from './token-key-file.ts';
import { algorithmsOf, publicJwk, type TokenKey } from './token-key.ts';

const options = {
  key: { type: 'string' },
  issuer: { type: 'string' },
  audience: { type: 'string', multiple: true },
  subject: { type: 'string' },
  claim: { type: 'string', multiple: true },
  'expires-in': { type: 'string', default: '1h' },
  'not-before': { type: 'string' },
  'no-exp': { type: 'boolean', default: false },
  kid: { type: 'string' },
  alg: { type: 'string' },
} as const;

const usage = `seekgate token mint --key PRIVATE.pem [flags]

Signs a token and prints it. iat is now; exp is an hour from now unless said otherwise.

  --issuer ISS       iss
  --audience AUD     aud; repeat it for a list
  --subject SUB      sub
  --claim NAME=TEXT  a claim with a text
  --claim NAME:=JSON a claim with any JSON value: admin:=true, roles:='["a","b"]'
  --expires-in 1h    lifetime
  --not-before 5m    not valid before so much time from now
  --no-exp           a token that never expires
  --kid KID          key id in the header (default: RFC 7638 thumbprint of the key)
  --alg ALG          algorithm (default: RS256, ES256/384/512 by curve, EdDSA)
`;

/** Signs tokens for tests, demos and the first steps; a real issuer does this in production. */
export function createTokenMint(clock: Clock): Command {
  return {
    summary: 'sign a token',
    usage,
    run: async (args, io) => {
      const { values } = parseArguments({ args: [...args], options });
      if (values.key === undefined) throw new AppError('ERR_USAGE', 'token mint: --key is missing');
      const tokenKey = await signingKey(values.key);
      const jwk = await publicJwk(tokenKey);
      const header = {
        alg: algorithmFor(tokenKey, values.alg ?? jwk.alg ?? ''),
        typ: 'JWT',
        kid: values.kid ?? jwk.kid ?? '',
      };
      const payload = payloadOf(values, Math.floor(clock.now() / 1000));
      const token = await new SignJWT(payload).setProtectedHeader(header).sign(tokenKey.key);
      io.stdout(`${token}\n`);
      return 0;
    },
  };
}

async function signingKey(path: string): Promise<TokenKey> {
  const tokenKey = (await readKeyFile(path)).find(({ key }) => key.type === 'private');
  if (tokenKey === undefined) {
    throw new AppError('ERR_KEY', `${path}: found a public key, accepted a private key`);
  }
  return tokenKey;
}

function algorithmFor({ key }: TokenKey, algorithm: string): string {
  const choices = algorithmsOf(key);
  if (choices.includes(algorithm)) return algorithm;
  throw new AppError('ERR_USAGE', `--alg: found ${algorithm}, accepted ${choices.join(', ')}`);
}

interface ClaimFlags {
  readonly issuer?: string | undefined;
  readonly audience?: readonly string[] | undefined;
  readonly subject?: string | undefined;
  readonly claim?: readonly string[] | undefined;
  readonly 'expires-in': string;
  readonly 'not-before'?: string | undefined;
  readonly 'no-exp': boolean;
}

/** Claims in the order people write them; a `--claim` of the same name wins, so that odd tokens can be made too. */
function payloadOf(flags: ClaimFlags, now: number): JWTPayload {
  const claims = new Map<string, unknown>();
  if (flags.issuer !== undefined) claims.set('iss', flags.issuer);
  if (flags.subject !== undefined) claims.set('sub', flags.subject);
  const audiences = flags.audience ?? [];
  if (audiences.length > 0) claims.set('aud', audiences.length === 1 ? audiences[0] : audiences);
  claims.set('iat', now);
  const notBefore = flags['not-before'];
  if (notBefore !== undefined) claims.set('nbf', now + seconds('--not-before', notBefore));
  if (!flags['no-exp']) claims.set('exp', now + seconds('--expires-in', flags['expires-in']));
  for (const text of flags.claim ?? []) claims.set(...claimOf(text));
  // fromEntries makes an own member even of a claim called __proto__.
  return Object.fromEntries(claims);
}

function seconds(flag: string, text: string): number {
  return Math.ceil(durationArgument(flag, text) / 1000);
}

function claimOf(text: string): [string, unknown] {
  const [, name, operator, value] = /^(.+?)(:?=)(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    throw new AppError('ERR_USAGE', `--claim: found ${text}, accepted NAME=TEXT or NAME:=JSON`);
  }
  return [name, operator === '=' ? value : jsonValue(name, value)];
}

function jsonValue(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw new AppError('ERR_USAGE', `--claim ${name}: the value after := is not JSON`, thrown);
  }
}
