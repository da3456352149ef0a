import { describe, expect, it } from '@jest/globals';

import { mockDeepseekCommand } from '../../../src/cli/mock-deepseek-command.ts';
import { runCommand, startCommand } from '../../support/command-run.ts';
import { question } from '../../support/mock-client.ts';

describe('mock-deepseek', () => {
  it('names itself a stand-in in help and at the start, and stays up until it is stopped', async () => {
    expect(mockDeepseekCommand.usage).toContain('not DeepSeek');
    const command = startCommand(mockDeepseekCommand, ['--port', '0', '--model', 'r1']);
    const [, url = ''] =
      /^DeepSeek stand-in .*: (http:\S+)\n$/.exec(await command.until(/\n/)) ?? [];
    const response = await fetch(`${url}/chat/completions`, {
      method: 'POST',
      headers: { authorization: 'Bearer sk-secret' },
      body: JSON.stringify({ ...question, model: 'r1' }),
    });
    expect(response.status).toBe(200);
    await response.text();
    const { code, stderr } = await command.stop();
    expect(code).toBe(0);
    expect(stderr).toContain('"deepseek stand-in: request"');
    expect(stderr).not.toContain('sk-secret');
  });

  it('refuses a script that is not there', async () => {
    const run = runCommand(mockDeepseekCommand, ['--port', '0', '--script', '/nowhere.yaml']);
    await expect(run).rejects.toMatchObject({ code: 'ERR_USAGE' });
  });
});
