import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { access, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

import { AppError } from '../base/errors.ts';
import { integerArgument, parseArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { publicJwk } from './token-key.ts';

const types = ['RSA', 'EC', 'Ed25519'];
const curves = ['P-256', 'P-384', 'P-521'];

/** Makes a key pair: the private one for whoever issues tokens, the public one for the gateway. */
export const tokenKeygen: Command = {
  summary: 'make a key pair for signing tokens',
  usage: `seekgate token keygen [--type RSA|EC|Ed25519] [--bits 2048] [--curve P-256|P-384|P-521] [--out PREFIX] [--force]

Writes PREFIX-private.pem (PKCS#8, readable by its owner only) and PREFIX-public.pem (SPKI).
The private key signs tokens and belongs to the issuer alone; the gateway needs the public one.

  --type TYPE    kind of key (default RSA)
  --bits N       size of an RSA key, 2048 to 8192 (default 2048)
  --curve CURVE  curve of an EC key (default P-256)
  --out PREFIX   where to write, a folder included (default ./jwt)
  --force        overwrite files that exist
`,
  run: async (args, io) => {
    const { values } = parseArguments({
      args: [...args],
      options: {
        type: { type: 'string', default: 'RSA' },
        bits: { type: 'string', default: '2048' },
        curve: { type: 'string', default: 'P-256' },
        out: { type: 'string', default: 'jwt' },
        force: { type: 'boolean', default: false },
      },
    });
    const key = generatePrivateKey(values);
    const files = {
      privateKey: `${values.out}-private.pem`,
      publicKey: `${values.out}-public.pem`,
    };
    await writeKeyPair(key, files, values.force);
    const { kid, alg } = await publicJwk({ key });
    io.stdout(`private key  ${files.privateKey}\npublic key   ${files.publicKey}\n`);
    io.stdout(`kid          ${kid}\nalg          ${alg}\n`);
    return 0;
  },
};

/** A new private key of the type, size or curve that the flags of `token keygen` name. */
export function generatePrivateKey(choice: {
  readonly type: string;
  readonly bits: string;
  readonly curve: string;
}): KeyObject {
  switch (choice.type.toLowerCase()) {
    case 'rsa': {
      const bits = integerArgument('--bits', choice.bits, { minimum: 2048, maximum: 8192 });
      return generateKeyPairSync('rsa', { modulusLength: bits }).privateKey;
    }
    case 'ec':
      return generateKeyPairSync('ec', { namedCurve: oneOf('--curve', choice.curve, curves) })
        .privateKey;
    case 'ed25519':
      return generateKeyPairSync('ed25519').privateKey;
    default:
      throw noneOf('--type', choice.type, types);
  }
}

/** Writes both halves as PEM; the private one is created with mode 0600, never widened after the fact. */
async function writeKeyPair(
  key: KeyObject,
  files: { readonly privateKey: string; readonly publicKey: string },
  overwrite: boolean,
): Promise<void> {
  if (!overwrite) {
    await refuseExisting(files.privateKey);
    await refuseExisting(files.publicKey);
  }
  await mkdir(dirname(files.privateKey), { recursive: true });
  await mkdir(dirname(files.publicKey), { recursive: true });
  // A mode is for new files only: an old one, maybe readable by all, has to go first.
  await rm(files.privateKey, { force: true });
  await writeFile(files.privateKey, key.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  const publicPem = createPublicKey(key).export({ type: 'spki', format: 'pem' });
  await writeFile(files.publicKey, publicPem, { mode: 0o644 });
}

async function refuseExisting(path: string): Promise<void> {
  const exists = await access(path).then(
    () => true,
    () => false,
  );
  if (exists)
    throw new AppError('ERR_USAGE', `${path} exists; choose another --out or use --force`);
}

function oneOf(flag: string, found: string, choices: readonly string[]): string {
  if (choices.includes(found)) return found;
  throw noneOf(flag, found, choices);
}

function noneOf(flag: string, found: string, choices: readonly string[]): AppError {
  return new AppError('ERR_USAGE', `${flag}: found ${found}, accepted ${choices.join(', ')}`);
}
