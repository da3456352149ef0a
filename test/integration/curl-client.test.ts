import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';

import type { MockRule } from '../../src/cli/mock-deepseek-rule.ts';
import { startModelGateway, type ModelGateway } from '../support/model-gateway.ts';

const run = promisify(execFile);
const question = { model: 'deepseek-flash', messages: [{ role: 'user', content: 'Hi' }] };

describe('curl, with a JWT', () => {
  let rig: ModelGateway;
  let token = '';
  beforeAll(async () => {
    rig = await startModelGateway();
    token = await rig.sign({ role: 'developer' });
  }, 60_000);
  afterAll(() => rig.stop());

  const request = (path: string, body: object): readonly string[] => {
    const headers = [
      '-H',
      `authorization: Bearer ${token}`,
      '-H',
      'content-type: application/json',
    ];
    return [
      '-sS',
      '-N',
      '--max-time',
      '20',
      `${rig.url}${path}`,
      ...headers,
      '-d',
      JSON.stringify(body),
    ];
  };

  it('gets JSON', async () => {
    rig.deepseek.script([{ content: 'Hello.' }]);
    const { stdout } = await run('curl', request('/v1/chat/completions', question));
    expect(JSON.parse(stdout)).toMatchObject({ choices: [{ message: { content: 'Hello.' } }] });
  });

  it('gets each piece when it is there, by -N', async () => {
    rig.deepseek.script([{ content: 'one two three', reasoning: 'hm', chunkDelayMs: 60 }]);
    const curl = spawn('curl', request('/v1/chat/completions', { ...question, stream: true }));
    const arrivals: number[] = [];
    let text = '';
    for await (const piece of curl.stdout as AsyncIterable<Buffer>) {
      arrivals.push(performance.now());
      text += piece.toString();
    }
    expect(text).toMatch(/^data: \{[\s\S]*"reasoning_content":"hm"[\s\S]*" three"/);
    expect(text.endsWith('\n\ndata: [DONE]\n\n')).toBe(true);
    // Six chunks with five pauses between them: what is buffered would come at once.
    expect(arrivals.length).toBeGreaterThanOrEqual(4);
    expect(arrivals.at(-1)! - arrivals[0]!).toBeGreaterThan(150);
  });

  it('uses the Anthropic API, whose names DeepSeek maps', async () => {
    rig.deepseek.script([{ content: 'Hello.', reasoning: 'hm' }]);
    const body = { ...question, model: 'claude-opus-4-7', max_tokens: 99 };
    const whole = await run('curl', request('/anthropic/v1/messages', body));
    expect(JSON.parse(whole.stdout)).toMatchObject({
      model: 'deepseek-v4-pro',
      content: [{ type: 'thinking' }, { type: 'text', text: 'Hello.' }],
    });
    const { headers } = rig.deepseek.requests().at(-1)!;
    expect([headers.authorization, headers['x-api-key']].join()).toContain(rig.deepseekKey);
    const streamed = await run(
      'curl',
      request('/anthropic/v1/messages', { ...body, stream: true }),
    );
    const names = [...streamed.stdout.matchAll(/^event: (\w+)$/gm)].map(([, name]) => name);
    expect([names[0], names.at(-1)]).toEqual(['message_start', 'message_stop']);
  });

  it.each(['reset', 'truncate'] as const)(
    'sees a stream that broke off (%s) by its exit code',
    async (fault) => {
      rig.deepseek.script([{ fault, afterChunks: 3 }]);
      const args = request('/v1/chat/completions', { ...question, stream: true });
      // 18: partial file; 52 and 56: nothing or a reset. Never 0, which would be a clean end.
      await expect(run('curl', args)).rejects.toMatchObject({ code: 18 });
    },
  );

  it('sees the error of DeepSeek in the middle of a stream, and none about the key', async () => {
    const args = request('/v1/chat/completions', { ...question, stream: true });
    const outcome = async (rule: MockRule): Promise<string> => {
      rig.deepseek.script([{ fault: 'error', afterChunks: 3, ...rule }]);
      const { stdout } = await run('curl', args).catch((error: { stdout: string }) => error);
      return stdout;
    };
    expect(await outcome({ status: 503 })).toContain('Service is too busy');
    const refused = await outcome({ status: 401, message: 'Your api key: {key} is invalid' });
    expect(refused).toContain('"reasoning_content"');
    expect(refused).not.toContain(rig.deepseekKey);
    expect(refused).not.toContain('[DONE]');
  });
});
