import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { runDemoStep, type DemoStep } from '../../../src/cli/demo-step.ts';
import { createMockDeepseek, type MockDeepseek } from '../../../src/cli/mock-deepseek.ts';

describe('a request of the demo', () => {
  let server: MockDeepseek;
  beforeAll(async () => {
    server = await createMockDeepseek({
      apiKeys: ['secret-token'],
      script: [{ chunkDelayMs: 5 }],
    });
  });
  afterAll(() => server.close());

  const step: DemoStep = {
    title: '2. A token',
    token: 'secret-token',
    tokenFile: '/tmp/t.jwt',
    expected: { status: 200 },
  };
  async function run(given: DemoStep) {
    let printed = '';
    const io = {
      stdout: (text: string) => void (printed += text),
      stderr: () => undefined,
      signal: new AbortController().signal,
    };
    return { good: await runDemoStep(given, server.url, io), printed };
  }

  it('is printed as a curl command that reads the token from its file, with the answer', async () => {
    const { good, printed } = await run(step);
    expect(good).toBe(true);
    expect(printed).toContain(
      `curl -N ${server.url}/v1/chat/completions -H "Authorization: Bearer $(cat /tmp/t.jwt)"`,
    );
    expect(printed).toContain('  200 [The user wrote');
    expect(printed).not.toContain('secret-token');
  });

  it.each([
    ['another status', { ...step, token: 'another' }, '200 and a streamed answer'],
    ['another body', { ...step, expected: { status: 200, body: 'x' } }, 'wanted 200 x'],
  ])('says so on %s', async (_title, given, words) => {
    const { good, printed } = await run(given);
    expect(good).toBe(false);
    expect(printed).toContain('UNEXPECTED');
    expect(printed).toContain(words);
  });
});
