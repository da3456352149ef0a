import { once } from 'node:events';

import { AppError } from '../base/errors.ts';
import { createLogger } from '../base/log.ts';
import { durationArgument, integerArgument, parseArguments, portArgument } from './arguments.ts';
import type { Command } from './command.ts';
import { createJwksServer } from './token-jwks-server.ts';

/** A JWKS server over a folder of public keys, for development and small installations. */
export const tokenServe: Command = {
  summary: 'serve a folder of public keys as a JWKS',
  usage: `seekgate token serve --keys DIR [--port 8081] [--bind 127.0.0.1] [--keep 1h] [--max-age 60]

Serves every public key in DIR (.pem .crt .cer .jwk .jwks .json) at /.well-known/jwks.json, with
ETag and Cache-Control, and follows the folder:

  a new file      its key is published at once
  a file is gone  its key is still published for --keep, so that tokens it signed still verify,
                  and is retired then; with --keep 0s at once
  a bad file      is reported and changes nothing
  a private key   is reported and not published: keep private keys out of this folder

To rotate: put the new public key into the folder, wait --max-age and the cacheDuration of your
gateways, sign with the new key, remove the old file. What is kept is kept in memory: after a
restart only the files count, which is also the way to withdraw a stolen key.

  --port N     0 lets the system choose (default 8081)
  --bind ADDR  address to listen on (default 127.0.0.1)
  --keep D     at least the lifetime of your tokens (default 1h)
  --max-age S  seconds that answers may be cached (default 60)
`,
  run: async (args, io) => {
    const { values } = parseArguments({
      args: [...args],
      options: {
        keys: { type: 'string' },
        port: { type: 'string', default: '8081' },
        bind: { type: 'string', default: '127.0.0.1' },
        keep: { type: 'string', default: '1h' },
        'max-age': { type: 'string', default: '60' },
      },
    });
    if (values.keys === undefined)
      throw new AppError('ERR_USAGE', 'token serve: --keys is missing');
    const maxAge = { minimum: 0, maximum: 86_400 };
    const server = await createJwksServer({
      directory: values.keys,
      port: portArgument('--port', values.port),
      bind: values.bind,
      keepMs: durationArgument('--keep', values.keep),
      maxAgeSeconds: integerArgument('--max-age', values['max-age'], maxAge),
      log: createLogger('info', { write: io.stderr }),
    });
    io.stdout(`${server.url}\n`);
    if (!io.signal.aborted) await once(io.signal, 'abort');
    await server.close();
    return 0;
  },
};
