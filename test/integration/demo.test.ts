import { describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';

import { demoCommand } from '../../src/cli/demo-command.ts';
import { createMockDeepseek } from '../../src/cli/mock-deepseek.ts';
import { runCommand, startCommand } from '../support/command-run.ts';

const shell = promisify(execFile);
const names = ['http', 'jwks', 'deepseek', 'admin'];
const anyPorts = names.flatMap((name) => [`--${name}-port`, '0']);

describe('demo', () => {
  it('makes its three requests and ends with 0', async () => {
    const { code, stdout, stderr } = await runCommand(demoCommand, ['--once', ...anyPorts]);
    const answers = stdout.match(/^ {2}(?:[1-5]\d\d) .*$/gm);
    expect({ code, answers, stderr }).toEqual({
      code: 0,
      answers: [
        '  401 Jwt is missing',
        '  200 [The user wrote: Who are you? I will answer briefly.]',
        '  403 RBAC: access denied',
      ],
      stderr: '',
    });
    expect(stdout).toContain('\n      Hello from the DeepSeek stand-in. You wrote: Who are you?\n');
  });

  it('stays up, its curl commands work, and it leaves nothing behind', async () => {
    const demo = startCommand(demoCommand, anyPorts);
    const printed = await demo.until(/Ctrl-C/);
    const commands = printed.match(/^ {2}curl .*$/gm) ?? [];
    const answers: string[] = [];
    for (const command of commands) {
      // The demo runs in this process, which has to be free to answer.
      const { stdout } = await shell('bash', ['-c', command.replace('curl', 'curl -s')]);
      answers.push(stdout);
    }
    const [, tokenFile = ''] = /\$\(cat (\S+)\)/.exec(printed) ?? [];
    const during = existsSync(tokenFile);
    const { code } = await demo.stop();
    expect(answers).toEqual([
      'Jwt is missing',
      expect.stringMatching(/data: \[DONE\]\n\n$/),
      'RBAC: access denied',
    ]);
    expect({ code, during, after: existsSync(tokenFile) }).toEqual({
      code: 0,
      during: true,
      after: false,
    });
  });

  it.each(names)('names the flag when the %s port is taken', async (name) => {
    const other = await createMockDeepseek();
    const args = ['--once', ...anyPorts, `--${name}-port`, `${other.port}`];
    await expect(runCommand(demoCommand, args)).rejects.toMatchObject({
      code: 'ERR_LISTEN',
      message: expect.stringContaining(
        `port ${other.port} on 127.0.0.1 is in use by another program; choose another with --${name}-port`,
      ),
    });
    await other.close();
  });
});
