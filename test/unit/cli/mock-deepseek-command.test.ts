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

  it('is another server by its flags', async () => {
    const flags = ['--dialect', 'vllm', '--reasoning-form', 'tags', '--slots', '2'];
    const command = startCommand(mockDeepseekCommand, ['--port', '0', ...flags]);
    const [, url = ''] = /(http:\S+)\n$/.exec(await command.until(/\n/)) ?? [];
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ ...question, model: 'deepseek-ai/DeepSeek-R1' }),
    });
    expect(await response.text()).toContain('"content":"<think>');
    expect(await (await fetch(`${url}/__state`)).json()).toEqual({ slots: 2 });
    await command.stop();
  });

  it.each([
    [['--dialect', 'gpt'], '--dialect: found gpt, accepted deepseek, vllm'],
    [['--reasoning-form', 'x'], '--reasoning-form: found x, accepted reasoning_content'],
    [['--slots', 'x'], '--slots: found x'],
  ])('refuses %j', async (flags, message) => {
    await expect(runCommand(mockDeepseekCommand, ['--port', '0', ...flags])).rejects.toThrow(
      message,
    );
  });

  it('refuses a script that is not there', async () => {
    const run = runCommand(mockDeepseekCommand, ['--port', '0', '--script', '/nowhere.yaml']);
    await expect(run).rejects.toMatchObject({ code: 'ERR_USAGE' });
  });
});
