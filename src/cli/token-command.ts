import { text } from 'node:stream/consumers';

import { systemClock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import type { Command } from './command.ts';
import { createTokenInspect } from './token-inspect.ts';
import { tokenJwks } from './token-jwks.ts';
import { tokenKeygen } from './token-keygen.ts';
import { createTokenMint } from './token-mint.ts';
import { tokenServe } from './token-serve.ts';

const subcommands: Readonly<Record<string, Command>> = {
  keygen: tokenKeygen,
  jwks: tokenJwks,
  mint: createTokenMint(systemClock),
  inspect: createTokenInspect(systemClock, () => text(process.stdin)),
  serve: tokenServe,
};

const list = Object.entries(subcommands)
  .map(([name, { summary }]) => `  ${name.padEnd(8)} ${summary}\n`)
  .join('');

/** `seekgate token …`: keys and tokens, from making a key to finding out why a token is refused. */
export const tokenCommand: Command = {
  summary: 'make keys and tokens, serve public keys, explain a token',
  usage: `seekgate token <command> …\n\n${list}\nseekgate token <command> --help tells more.\n`,
  run: async ([name, ...args], io) => {
    const subcommand =
      name !== undefined && Object.hasOwn(subcommands, name) ? subcommands[name] : undefined;
    if (subcommand === undefined) {
      const found = name ?? 'nothing';
      const accepted = Object.keys(subcommands).join(', ');
      throw new AppError('ERR_USAGE', `token: found ${found}, accepted ${accepted}`);
    }
    if (args.includes('--help') || args.includes('-h')) {
      io.stdout(subcommand.usage);
      return 0;
    }
    return subcommand.run(args, io);
  },
};
