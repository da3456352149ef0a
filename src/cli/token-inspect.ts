import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import { parseArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { tokenFindings } from './token-findings.ts';
import { readKeyFile } from './token-key-file.ts';
import { tokenReport } from './token-report.ts';
import { checkSignature } from './token-signature.ts';
import { readToken } from './token-text.ts';

const usage = `seekgate token inspect [TOKEN|-] [--key FILE | --jwks FILE]

Explains a token in words: header, claims, times, and what a gateway will object to. Without TOKEN,
or with -, the token is read from standard input, so that it does not stand in the shell's history:

  pbpaste | seekgate token inspect
  seekgate token inspect - < token.txt

  --key FILE   check the signature with this key (PEM, certificate or JWK)
  --jwks FILE  check it with the keys of this JWKS

Nothing is sent anywhere. Exit code: 1 for a text that is no token and for a signature that is not
valid; warnings alone give 0.
`;

/** Explains tokens; `readInput` gives the text of standard input. */
export function createTokenInspect(clock: Clock, readInput: () => Promise<string>): Command {
  return {
    summary: 'explain a token in words and warn of common mistakes',
    usage,
    run: async (args, io) => {
      const { values, positionals } = parseArguments({
        args: [...args],
        allowPositionals: true,
        options: { key: { type: 'string' }, jwks: { type: 'string' } },
      });
      if (positionals.length > 1) {
        throw new AppError('ERR_USAGE', 'token inspect: accepted one token');
      }
      const argument = positionals[0] ?? '-';
      const token = readToken(argument === '-' ? await readInput() : argument);
      if (typeof token === 'string') {
        io.stderr(`not a token: ${token}\n`);
        return 1;
      }
      const nowSeconds = clock.now() / 1000;
      const keyFile = values.key ?? values.jwks;
      const signature = keyFile && (await checkSignature(token, await readKeyFile(keyFile)));
      const findings = tokenFindings(token, nowSeconds);
      io.stdout(tokenReport({ token, findings, nowSeconds, ...(signature ? { signature } : {}) }));
      return signature && !signature.valid ? 1 : 0;
    },
  };
}
