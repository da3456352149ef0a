import { once } from 'node:events';
import { readFile } from 'node:fs/promises';

import { AppError, messageOf } from '../base/errors.ts';
import { createLogger } from '../base/log.ts';
import { parseArguments, portArgument } from './arguments.ts';
import type { Command } from './command.ts';
import { parseMockScript, type MockRule } from './mock-deepseek-rule.ts';
import { createMockDeepseek } from './mock-deepseek.ts';

/** `seekgate mock-deepseek`: the stand-in as a program of its own. */
export const mockDeepseekCommand: Command = {
  summary: 'run a scriptable stand-in for the DeepSeek API (for tests and demos)',
  usage: `seekgate mock-deepseek [--port 8090] [--bind 127.0.0.1] [--api-key KEY…] [--model NAME…] [--script FILE]

A stand-in for DeepSeek, not DeepSeek: no model, no network. It answers POST /chat/completions
(JSON and SSE, reasoning first), GET /models and GET /user/balance, each also below /v1, as
DeepSeek documents them, always the same for the same request. Every response has the header
x-seekgate-stand-in: deepseek.

  --port N       0 lets the system choose (default 8090)
  --bind ADDR    address to listen on (default 127.0.0.1)
  --api-key KEY  accept only this key; may be repeated (default: any key)
  --model NAME   accept only this model; may be repeated (default: DeepSeek's names)
  --script FILE  YAML or JSON list of rules; the first that fits a request decides:

    - match: {model: deepseek-flash, stream: true, contains: hello, path: /models, key: sk-a}
      times: 1                # then the rule is used up (default: never)
      status: 429             # an error as documented: 400 401 402 422 429 500 503
      fault: stall            # hang, reset, stall, truncate, malformed
      afterChunks: 3          # … after so many chunks
      delayMs: 500            # before the head
      thinkMs: 3000           # keep-alive comments, or blank lines before JSON
      keepAliveMs: 1000       # one every so often
      chunkDelayMs: 20        # between chunks
      reasoning: Let me see.  # what it thinks and says, and how often
      content: Hello.
      repeat: 1
      finishReason: insufficient_system_resource

A request can bring its own behaviour: x-mock-status: 503, x-mock-after-chunks: 2, and so on.
From this machine only: POST /__script replaces the rules, GET /__requests shows what arrived
(with the Authorization header, to prove which key came), DELETE /__requests forgets it.
`,
  run: async (args, io) => {
    const { values } = parseArguments({
      args: [...args],
      options: {
        port: { type: 'string', default: '8090' },
        bind: { type: 'string', default: '127.0.0.1' },
        'api-key': { type: 'string', multiple: true, default: [] },
        model: { type: 'string', multiple: true, default: [] },
        script: { type: 'string' },
      },
    });
    const log = createLogger('info', { write: io.stderr });
    const standIn = await createMockDeepseek({
      port: portArgument('--port', values.port),
      bind: values.bind,
      apiKeys: values['api-key'],
      ...(values.model.length > 0 ? { models: values.model } : {}),
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

async function readScript(path: string): Promise<readonly MockRule[]> {
  try {
    return parseMockScript(await readFile(path, 'utf8'));
  } catch (thrown) {
    throw new AppError('ERR_USAGE', `${path}: ${messageOf(thrown)}`, thrown);
  }
}
