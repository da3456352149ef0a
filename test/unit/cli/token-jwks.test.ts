import { describe, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';

import { tokenJwks } from '../../../src/cli/token-jwks.ts';
import { runCommand } from '../../support/command-run.ts';
import { openssl } from '../../support/openssl.ts';
import { createTempFolder } from '../../support/temp-folder.ts';

describe('token jwks', () => {
  it('prints the public half of every key once, and nothing private', async () => {
    using folder = createTempFolder();
    const [rsa, ec] = [folder.pathOf('rsa.pem'), folder.pathOf('ec.pem')];
    writeFileSync(rsa, openssl('genrsa', '2048'));
    writeFileSync(ec, openssl('ecparam', '-name', 'prime256v1', '-genkey'));
    writeFileSync(folder.pathOf('pub.pem'), openssl('pkey', '-in', rsa, '-pubout'));
    const { stdout, stderr } = await runCommand(tokenJwks, [rsa, folder.pathOf('pub.pem'), ec]);
    const { keys } = JSON.parse(stdout) as { keys: Record<string, unknown>[] };
    expect(keys.map(({ alg, use }) => [alg, use])).toEqual([
      ['RS256', 'sig'],
      ['ES256', 'sig'],
    ]);
    for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi']) {
      expect(keys.some((key) => secret in key)).toBe(false);
    }
    expect(stderr).toBe('');
  });

  it('warns of a weak key', async () => {
    using folder = createTempFolder();
    writeFileSync(folder.pathOf('weak.pem'), openssl('genrsa', '1024'));
    const { code, stderr } = await runCommand(tokenJwks, [folder.pathOf('weak.pem')]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('1024 bits') });
  });

  it('wants a file', async () => {
    await expect(runCommand(tokenJwks, [])).rejects.toMatchObject({ code: 'ERR_USAGE' });
  });
});
