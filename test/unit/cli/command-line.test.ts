import { describe, expect, it } from '@jest/globals';
import { runCommandLine } from '../../../src/cli/command-line.ts';
import { commands } from '../../../src/cli/commands.ts';

async function run(...args: string[]) {
  const written = { stdout: '', stderr: '' };
  const code = await runCommandLine(args, {
    stdout: (text) => void (written.stdout += text),
    stderr: (text) => void (written.stderr += text),
    signal: new AbortController().signal,
  });
  return { code, ...written };
}

describe('command line', () => {
  it.each([[[]], [['help']], [['--help']], [['-h']]])('lists the commands for %j', async (args) => {
    const { code, stdout } = await run(...args);
    expect(code).toBe(0);
    for (const name of Object.keys(commands))
      expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
  });

  it.each([[['version']], [['--version']], [['-v']]])('tells the version for %j', async (args) => {
    expect(await run(...args)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^seekgate \d+\.\d+\.\d+ \(Node\.js \d/),
    });
  });

  it.each(Object.keys(commands))(
    'explains %s in both ways, with a line that fits',
    async (name) => {
      const [asked, flagged] = [await run('help', name), await run(name, '--help')];
      expect(asked.stdout).toMatch(new RegExp(`^seekgate ${name}( |\n)`));
      expect(flagged.stdout).toBe(asked.stdout);
      const { summary } = await commands[name]!();
      expect(summary.length).toBeLessThanOrEqual(80);
    },
  );

  it.each([
    [['nope'], 'found nope, accepted run, check, '],
    [['toString'], 'found toString'],
    [['help', 'nope'], 'found nope'],
  ])('refuses %j as a usage error', async (args, message) => {
    const { code, stderr } = await run(...args);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^seekgate help( help)? tells more\.$/m);
  });

  it('says what is wrong with a flag, and where to read on', async () => {
    expect(await run('run', '--files', '.', '--http-port', 'x')).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'seekgate: --http-port: found x, accepted a whole number from 0 to 65535\nseekgate help run tells more.\n',
    });
  });

  it('shows no stack for what is expected to go wrong', async () => {
    const { code, stderr } = await run('check', '/nowhere/at/all');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^seekgate: \/nowhere\/at\/all: cannot be read: .*\n$/);
  });
});
