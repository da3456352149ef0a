import { describe, expect, it } from '@jest/globals';
import { commands } from '../../../src/cli/commands.ts';
import { helpCommand, unknownCommand } from '../../../src/cli/help-command.ts';
import { programVersion } from '../../../src/cli/program-version.ts';
import { runCommand } from '../../support/command-run.ts';

describe('help', () => {
  it('lists every command with its summary', async () => {
    const { stdout } = await runCommand(helpCommand, []);
    for (const [name, load] of Object.entries(commands)) {
      expect(stdout).toContain(`  ${name.padEnd(13)}  ${(await load()).summary}\n`);
    }
  });

  it('gives the usage of a command', async () => {
    const { code, stdout } = await runCommand(helpCommand, ['run']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^seekgate run --files DIR/);
    expect(stdout).toContain('--drain-seconds');
  });

  it('refuses what is no command', async () => {
    await expect(runCommand(helpCommand, ['nope'])).rejects.toMatchObject({ code: 'ERR_USAGE' });
    expect(unknownCommand('nope').message).toMatch(/^found nope, accepted run, check, demo, /);
  });
});

describe('version', () => {
  it('is that of the package', () => {
    expect(programVersion()).toMatch(/^\d+\.\d+\.\d+/);
  });
});
