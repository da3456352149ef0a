import { once } from 'node:events';

import { createApp, type App } from '../app.ts';
import { systemClock } from '../base/clock.ts';
import { createLogger } from '../base/log.ts';
import { readSettings } from '../config/read-settings.ts';
import { parseArguments, portArgument } from './arguments.ts';
import type { Command, CommandIo } from './command.ts';
import { createDemoState, manifestsFor, type DemoState } from './demo-state.ts';
import { runDemoStep, type DemoStep } from './demo-step.ts';
import { openHttpListener } from './http-listener.ts';
import { createMockDeepseek } from './mock-deepseek.ts';
import { createJwksServer } from './token-jwks-server.ts';

const usage = `seekgate demo [--once] [--http-port 8080] [--jwks-port 8081] [--deepseek-port 8090] [--admin-port 9901]

Starts a stand-in for DeepSeek, a JWKS server with a key made for the occasion, and the gateway on
examples/quickstart; makes three requests and prints them as curl commands with their answers:
no token (401), a token with the right claim (a streamed answer), a token without it (403).
Then it stays up until Ctrl-C. Everything listens on 127.0.0.1 only.

  --once             end after the requests: exit code 0 if all three were as expected, else 1
  --http-port N      port of the gateway (default 8080)
  --jwks-port N      port of the JWKS server (default 8081)
  --deepseek-port N  port of the stand-in (default 8090)
  --admin-port N     port of the gateway's health, metrics and dump (default 9901)
  --log-level LEVEL  of the gateway (default warn)
`;

interface DemoFlags {
  readonly once: boolean;
  readonly 'http-port': string;
  readonly 'jwks-port': string;
  readonly 'deepseek-port': string;
  readonly 'admin-port': string;
  readonly 'log-level': string;
}

/** `seekgate demo`: everything at once, to see it work. */
export const demoCommand: Command = {
  summary: 'see it work: gateway, JWKS and a stand-in for DeepSeek, with three requests',
  usage,
  run: async (args, io) => {
    const { values } = parseArguments({
      args: [...args],
      options: {
        once: { type: 'boolean', default: false },
        'http-port': { type: 'string', default: '8080' },
        'jwks-port': { type: 'string', default: '8081' },
        'deepseek-port': { type: 'string', default: '8090' },
        'admin-port': { type: 'string', default: '9901' },
        'log-level': { type: 'string', default: 'warn' },
      },
    });
    await using closing = new AsyncDisposableStack();
    const demo = await startDemo(values, { io, closing });
    const good = await runSteps(demo, io);
    if (values.once) return good ? 0 : 1;
    io.stdout('\nThe commands above work until you press Ctrl-C.\n');
    if (!io.signal.aborted) await once(io.signal, 'abort');
    return 0;
  },
};

interface Demo {
  readonly state: DemoState;
  readonly gatewayUrl: string;
}

/** What is started is put on `closing`, which ends it in reverse order. */
async function startDemo(
  flags: DemoFlags,
  { io, closing }: { readonly io: CommandIo; readonly closing: AsyncDisposableStack },
): Promise<Demo> {
  const log = createLogger('warn', { write: io.stderr });
  const state = closing.adopt(await createDemoState(systemClock), ({ remove }) => remove());
  const deepseek = await createMockDeepseek({
    port: portArgument('--deepseek-port', flags['deepseek-port']),
    portFlag: '--deepseek-port',
    apiKeys: ['sk-demo-not-a-real-key'],
    script: [{ chunkDelayMs: 40 }],
  });
  closing.defer(deepseek.close);
  const jwks = await createJwksServer({
    directory: state.keys,
    bind: '127.0.0.1',
    port: portArgument('--jwks-port', flags['jwks-port']),
    portFlag: '--jwks-port',
    keepMs: 0,
    maxAgeSeconds: 60,
    log,
  });
  closing.defer(jwks.close);
  const manifests = await manifestsFor(state, { jwks: jwks.port, deepseek: deepseek.port });
  const app = await startGateway(manifests, flags, io);
  closing.defer(app.stop);
  const { admin, ...listeners } = app.ports();
  await untilReady(`http://127.0.0.1:${admin}/readyz`);
  const gatewayUrl = `http://127.0.0.1:${Object.values(listeners)[0]}`;
  io.stdout(`gateway                 ${gatewayUrl}   manifests: ${manifests}
admin                   http://127.0.0.1:${admin}/readyz /metrics /config_dump
public keys (JWKS)      ${jwks.url}
stand-in for DeepSeek   ${deepseek.url}   (no model, no network)
`);
  return { state, gatewayUrl };
}

async function startGateway(manifests: string, flags: DemoFlags, io: CommandIo): Promise<App> {
  const ports = ['http-port', 'admin-port'] as const;
  // Asked before the start, since here the flag is known that helps.
  for (const name of ports) await probePort(`--${name}`, flags[name]);
  const settings = readSettings(
    [
      ['--files', manifests, '--bind', '127.0.0.1'],
      ['--log-level', flags['log-level'], '--drain-seconds', '0'],
      ports.flatMap((name) => [`--${name}`, flags[name]]),
    ].flat(),
    {},
  );
  const app = createApp({
    settings,
    version: 'demo',
    logger: createLogger(settings.logLevel, { write: io.stderr }),
    accessLogger: createLogger('silent'),
  });
  await app.start();
  return app;
}

async function probePort(portFlag: string, text: string): Promise<void> {
  const port = portArgument(portFlag, text);
  const options = { name: 'gateway', bind: '127.0.0.1', port, portFlag };
  await (await openHttpListener(() => undefined, options)).close();
}

/** The first keys are fetched in the background; a demo does not race with that. */
async function untilReady(url: string): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    if ((await fetch(url)).ok) return;
    await new Promise<void>((resolve) => setTimeout(resolve, 50));
  }
}

async function runSteps({ state, gatewayUrl }: Demo, io: CommandIo): Promise<boolean> {
  const steps: readonly DemoStep[] = [
    { title: '1. No token', expected: { status: 401, body: 'Jwt is missing' } },
    {
      title: '2. A token with role=developer: DeepSeek answers, thoughts first',
      ...state.developer,
      expected: { status: 200 },
    },
    {
      title: '3. A valid token with role=guest',
      ...state.guest,
      expected: { status: 403, body: 'RBAC: access denied' },
    },
  ];
  let good = true;
  for (const step of steps) good = (await runDemoStep(step, gatewayUrl, io)) && good;
  return good;
}
