import { describe, expect, it } from '@jest/globals';

import { tokenCommand } from '../../../src/cli/token-command.ts';
import { runCommand } from '../../support/command-run.ts';

describe('token', () => {
  it.each(['keygen', 'jwks', 'mint', 'inspect', 'serve'])('explains %s', async (name) => {
    expect(tokenCommand.usage).toContain(`  ${name}`);
    const { code, stdout } = await runCommand(tokenCommand, [name, '--help']);
    expect([code, stdout.split('\n')[0]]).toEqual([
      0,
      expect.stringContaining(`seekgate token ${name}`),
    ]);
  });

  it.each([[[]], [['toString']], [['sign']]])('refuses %j', async (args) => {
    await expect(runCommand(tokenCommand, args)).rejects.toMatchObject({
      code: 'ERR_USAGE',
      message: expect.stringContaining('accepted keygen, jwks, mint, inspect, serve'),
    });
  });
});
