import { describe, expect, it } from '@jest/globals';
import { readFileSync, statSync, writeFileSync } from 'node:fs';

import { tokenKeygen } from '../../../src/cli/token-keygen.ts';
import { parseKeys } from '../../../src/cli/token-key-file.ts';
import { runCommand } from '../../support/command-run.ts';
import { openssl } from '../../support/openssl.ts';
import { createTempFolder } from '../../support/temp-folder.ts';

describe('token keygen', () => {
  it.each([
    [[], 'RS256'],
    [['--type', 'EC'], 'ES256'],
    [['--type', 'EC', '--curve', 'P-384'], 'ES384'],
    [['--type', 'EC', '--curve', 'P-521'], 'ES512'],
    [['--type', 'Ed25519'], 'EdDSA'],
  ])('%j makes a pair for %s that openssl reads', async (flags, alg) => {
    using folder = createTempFolder();
    const { code, stdout } = await runCommand(tokenKeygen, [
      ...flags,
      '--out',
      folder.pathOf('a/b'),
    ]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining(alg) });
    expect(openssl('pkey', '-in', folder.pathOf('a/b-private.pem'), '-pubout')).toBe(
      readFileSync(folder.pathOf('a/b-public.pem'), 'utf8'),
    );
    expect(statSync(folder.pathOf('a/b-private.pem')).mode & 0o777).toBe(0o600);
  });

  it('overwrites nothing unless told to, and narrows the mode of what it overwrites', async () => {
    using folder = createTempFolder();
    writeFileSync(folder.pathOf('k-private.pem'), 'precious', { mode: 0o644 });
    const args = ['--type', 'EC', '--out', folder.pathOf('k')];
    await expect(runCommand(tokenKeygen, args)).rejects.toMatchObject({ code: 'ERR_USAGE' });
    expect(readFileSync(folder.pathOf('k-private.pem'), 'utf8')).toBe('precious');
    await runCommand(tokenKeygen, [...args, '--force']);
    expect(parseKeys(readFileSync(folder.pathOf('k-private.pem'), 'utf8'))).toHaveLength(1);
    expect(statSync(folder.pathOf('k-private.pem')).mode & 0o777).toBe(0o600);
  });

  it.each([
    [['--type', 'DSA'], '--type: found DSA, accepted RSA, EC, Ed25519'],
    [['--bits', '1024'], '--bits: found 1024, accepted a whole number from 2048'],
    [['--type', 'EC', '--curve', 'secp256k1'], '--curve: found secp256k1, accepted P-256'],
  ])('refuses %j', async (flags, message) => {
    await expect(runCommand(tokenKeygen, [...flags])).rejects.toThrow(message);
  });
});
