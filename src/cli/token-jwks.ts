import type { JWK } from 'jose';

import { AppError } from '../base/errors.ts';
import { parseArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { readKeyFile } from './token-key-file.ts';
import { publicJwk, weaknessOf } from './token-key.ts';

/** Turns key files into a JWKS: public members only, whatever went in. */
export const tokenJwks: Command = {
  summary: 'write key files as a JWKS document',
  usage: `seekgate token jwks FILE…

Prints a JWKS with the public half of every key in the files: PEM (private key, public key or
certificate), JWK or JWKS. kid is the RFC 7638 thumbprint unless the file names one; use is sig.
Nothing private is ever printed.
`,
  run: async (args, io) => {
    const { positionals } = parseArguments({
      args: [...args],
      allowPositionals: true,
      options: {},
    });
    if (positionals.length === 0) throw new AppError('ERR_USAGE', 'token jwks: no key file given');
    const keys = new Map<string, JWK>();
    for (const path of positionals) {
      for (const tokenKey of await readKeyFile(path)) {
        const weakness = weaknessOf(tokenKey.key);
        if (weakness !== undefined) io.stderr(`warning: ${path}: ${weakness}\n`);
        const jwk = await publicJwk(tokenKey);
        keys.set(jwk.kid ?? path, jwk);
      }
    }
    io.stdout(`${JSON.stringify({ keys: [...keys.values()] }, null, 2)}\n`);
    return 0;
  },
};
