import { once } from 'node:events';
import { readFile } from 'node:fs/promises';

import { AppError, messageOf } from '../base/errors.ts';
import { createLogger } from '../base/log.ts';
import { integerArgument, oneOf, parseArguments, portArgument } from './arguments.ts';
import type { Command } from './command.ts';
import { mockDialects, mockReasoningForms } from './mock-deepseek-dialect.ts';
import { parseMockScript, type MockRule } from './mock-deepseek-rule.ts';
import { mockDeepseekUsage } from './mock-deepseek-usage.ts';
import { createMockDeepseek } from './mock-deepseek.ts';

const options = {
  port: { type: 'string', default: '8090' },
  bind: { type: 'string', default: '127.0.0.1' },
  'api-key': { type: 'string', multiple: true },
  model: { type: 'string', multiple: true },
  dialect: { type: 'string', default: 'deepseek' },
  'reasoning-form': { type: 'string' },
  'legacy-names': { type: 'boolean', default: false },
  concurrency: { type: 'string' },
  slots: { type: 'string' },
  script: { type: 'string' },
} as const;

/** `seekgate mock-deepseek`: the stand-in as a program of its own. */
export const mockDeepseekCommand: Command = {
  summary: 'run a scriptable stand-in for DeepSeek, vLLM and the like',
  usage: mockDeepseekUsage,
  run: async (args, io) => {
    const { values } = parseArguments({ args: [...args], options });
    const form = values['reasoning-form'];
    const log = createLogger('info', { write: io.stderr });
    const standIn = await createMockDeepseek({
      port: portArgument('--port', values.port),
      bind: values.bind,
      apiKeys: values['api-key'] ?? [],
      ...(values.model === undefined ? {} : { models: values.model }),
      dialect: oneOf('--dialect', values.dialect, mockDialects),
      legacyNames: values['legacy-names'],
      ...(form === undefined
        ? {}
        : { reasoningForm: oneOf('--reasoning-form', form, mockReasoningForms) }),
      state: {
        ...countOf('concurrency', values.concurrency),
        ...countOf('slots', values.slots),
      },
      script: values.script === undefined ? [] : await readScript(values.script),
      onRequest: ({ method, path, status, state, chunks }) =>
        log.info({ method, path, status, state, chunks }, 'deepseek stand-in: request'),
    });
    io.stdout(`DeepSeek stand-in (no model, no network): ${standIn.url}\n`);
    if (!io.signal.aborted) await once(io.signal, 'abort');
    await standIn.close();
    return 0;
  },
};

function countOf(name: 'concurrency' | 'slots', text: string | undefined): object {
  if (text === undefined) return {};
  return { [name]: integerArgument(`--${name}`, text, { minimum: 0, maximum: 1_000_000 }) };
}

async function readScript(path: string): Promise<readonly MockRule[]> {
  try {
    return parseMockScript(await readFile(path, 'utf8'));
  } catch (thrown) {
    throw new AppError('ERR_USAGE', `${path}: ${messageOf(thrown)}`, thrown);
  }
}
