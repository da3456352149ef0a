import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve as pathTo } from 'node:path';

import { checkCommand } from '../../src/cli/check-command.ts';
import { explainCommand } from '../../src/cli/explain-command.ts';
import { translateCommand } from '../../src/cli/translate-command.ts';
import { runCommand } from '../support/command-run.ts';
import { freePort } from '../support/free-port.ts';
import { startKeyTeller, waysToTell, type KeyTeller } from '../support/key-teller.ts';
import { createTempFolder, type TempFolder } from '../support/temp-folder.ts';

// Ends that no other text has by chance.
const keys = { secret: 'sk-canary-8d1f/4c7e=Qz7X', inline: 'sk-planted-77aa02b1Wk9V' };
const salt = 'pepper-canary-Jx4Q';
const canaries = [...Object.values(keys).flatMap((key) => [key, key.slice(-4)]), salt];

const manifests = (port: number, shadowPort: number): string => `apiVersion: gateway.solo.io/v1
kind: VirtualService
metadata: {name: app}
spec:
  virtualHost:
    domains: ['*']
    options:
      headerManipulation:
        responseHeadersToAdd:
          - header: {key: x-sent, value: '%REQ(authorization)%'}
          - header: {key: x-sent-key, value: '%REQ(x-api-key)%'}
    routes:
      - matchers: [{prefix: /inline}]
        options: {prefixRewrite: /}
        routeAction: {single: {upstream: {name: inline}}}
      - matchers: [{prefix: /}]
        options:
          shadowing: {upstream: {name: shadow}, percentage: 100}
        routeAction: {single: {upstream: {name: model}}}
---
apiVersion: gloo.solo.io/v1
kind: Upstream
metadata: {name: model}
spec:
  ai:
    deepseek:
      engine: DEEPSEEK
      customHost: {host: 127.0.0.1, port: ${port}}
      authToken: {secretRef: {name: key}}
      isolation: {secretRef: {name: salt}}
---
apiVersion: gloo.solo.io/v1
kind: Upstream
metadata: {name: inline}
spec:
  ai:
    openai:
      customHost: {host: 127.0.0.1, port: ${port}}
      authToken: {inline: ${keys.inline}}
---
apiVersion: gloo.solo.io/v1
kind: Upstream
metadata: {name: shadow}
spec: {static: {hosts: [{addr: 127.0.0.1, port: ${shadowPort}}]}}
---
apiVersion: v1
kind: Secret
metadata: {name: key}
stringData: {Authorization: 'Bearer ${keys.secret}'}
---
apiVersion: v1
kind: Secret
metadata: {name: salt}
stringData: {key: ${salt}}
`;

const chat = { model: 'deepseek-flash', messages: [{ role: 'user', content: 'hello' }] };
const endpoints: readonly (readonly [path: string, body: object | undefined])[] = [
  ['/v1/chat/completions', chat],
  ['/v1/chat/completions', { ...chat, stream: true }],
  ['/v1/completions', { model: 'deepseek-flash', prompt: 'hello' }],
  ['/anthropic/v1/messages', { ...chat, max_tokens: 5 }],
  ['/anthropic/v1/messages', { ...chat, max_tokens: 5, stream: true }],
  ['/v1/responses', { model: 'deepseek-flash', input: 'hello', stream: true }],
  ['/v1/embeddings', { model: 'deepseek-flash', input: 'hello' }],
  ['/v1/models', undefined],
  ['/user/balance', undefined],
  ['/other', { x: 1 }],
];

interface Answer {
  readonly status: number;
  /** All that came, down to trailers and hints. */
  readonly text: string;
}

function ask(url: string, way: string, body: object | undefined): Promise<Answer> {
  return new Promise((resolve) => {
    const parts: string[] = [];
    const method = body === undefined ? 'GET' : 'POST';
    const headers = { 'x-tell': way, 'x-api-key': 'mine', 'accept-encoding': 'gzip' };
    let status = 0;
    const done = (): void => resolve({ status, text: parts.join('\n') });
    const sent = request(url, { method, headers }, (response) => {
      status = response.statusCode ?? 0;
      parts.push(response.statusMessage ?? '', response.rawHeaders.join('\n'));
      response.on('data', (chunk: Buffer) => parts.push(chunk.toString('latin1')));
      response.on('error', (error) => parts.push(error.message));
      response.on('close', () => {
        parts.push(response.rawTrailers.join('\n'));
        done();
      });
    });
    sent.on('information', (hint) => parts.push(JSON.stringify(hint)));
    sent.on('error', (error) => {
      parts.push(error.message);
      done();
    });
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

let folder: TempFolder;
let teller: KeyTeller;
let shadow: KeyTeller;
let gateway: ChildProcess;
let collector: Server;
/** What was told of metrics and traces. */
let exported = '';
let output = '';
let url = '';
let adminUrl = '';

const main = pathTo(import.meta.dirname, '../../src/main.ts');
/** Something that nobody expected, when it is asked for. */
const crash = `process.on('SIGUSR2',()=>{throw new Error('planted crash')})`;

beforeAll(async () => {
  folder = createTempFolder();
  teller = await startKeyTeller();
  shadow = await startKeyTeller();
  await folder.write('all.yaml', manifests(teller.port, shadow.port));
  const [port, adminPort] = [await freePort(), await freePort()];
  [url, adminUrl] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${adminPort}`];
  collector = createServer((incoming, response) => {
    incoming.on('data', (chunk: Buffer) => (exported += chunk.toString('latin1')));
    incoming.on('end', () => response.end('{}'));
  });
  await new Promise<void>((resolve) => void collector.listen(0, '127.0.0.1', resolve));
  const { port: collectorPort } = collector.address() as AddressInfo;
  const told = { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collectorPort}` };
  const preload = ['--import', `data:text/javascript,${encodeURIComponent(crash)}`];
  const flags = ['--http-port', `${port}`, '--admin-port', `${adminPort}`, '--bind', '127.0.0.1'];
  const level = ['--log-level', 'trace'];
  gateway = spawn(
    process.execPath,
    [...preload, main, 'run', '--files', folder.path, ...flags, ...level],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...told } },
  );
  for (const stream of [gateway.stdout, gateway.stderr]) {
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  }
  await expect(ready()).resolves.toBe(true);
});

async function ready(): Promise<boolean> {
  for (let turn = 0; turn < 500 && gateway.exitCode === null; turn += 1) {
    const isReady = await fetch(`${adminUrl}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return true;
    await new Promise((settle) => setTimeout(settle, 20));
  }
  return false;
}

afterAll(() => {
  gateway.kill('SIGKILL');
  collector.close();
  collector.closeAllConnections();
  teller.close();
  shadow.close();
  folder[Symbol.dispose]();
});

/** Places where something of a key stands. */
const leaks: string[] = [];

function search(place: string, text: string): void {
  for (const canary of canaries) {
    const at = text.indexOf(canary);
    if (at >= 0) leaks.push(`${place}: …${text.slice(Math.max(0, at - 60), at + 40)}`);
  }
}

test('no answer has anything of a key, however a model server tells it', async () => {
  const answers = new Map<string, Answer>();
  for (const base of ['', '/inline']) {
    for (const [path, body] of endpoints) {
      await Promise.all(
        waysToTell.map(async (way) => {
          const place = `${way} ${base}${path} ${JSON.stringify(body) ?? ''}`;
          const answer = await ask(url + base + path, way, body);
          answers.set(place, answer);
          search(place, answer.text);
        }),
      );
    }
  }
  expect(leaks).toEqual([]);
  expect(answers.size).toBe(2 * endpoints.length * waysToTell.length);
  for (const [place, { status, text }] of answers) {
    // Where users are kept apart, a body that nobody knows goes nowhere.
    if (place.includes(' /other')) continue;
    if (/^40[123]-/.test(place))
      expect([place, status, text]).toEqual([place, 502, expect.stringContaining('upstream_auth')]);
    if (place.startsWith('answer ')) expect([place, status]).toEqual([place, 200]);
  }
  // It was the key that the server had to tell, and only that one.
  expect(new Set(teller.seen)).toEqual(new Set(Object.values(keys)));
}, 120_000);

test('no copy of a request has the key', () => {
  expect(shadow.seen.length).toBeGreaterThan(100);
  expect(new Set(shadow.seen)).toEqual(new Set(['']));
});

test('nor has what the gateway tells of itself', async () => {
  for (const page of ['/', '/metrics', '/config_dump', '/readyz']) {
    const text = await (await fetch(adminUrl + page)).text();
    expect(text).not.toBe('');
    search(page, text);
  }
  expect(exported).toContain('deepseek-flash');
  search('metrics and traces', exported);
  for (const path of ['/v1/chat/completions', '/inline/v1/models']) {
    const asked = { method: 'POST', url: url + path, body: JSON.stringify(chat) };
    const explained = await fetch(`${adminUrl}/explain`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(asked),
    });
    expect(explained.status).toBe(200);
    search('/explain', await explained.text());
  }
  for (const [command, args] of [
    [checkCommand, [folder.path]],
    [checkCommand, [folder.path, '-o', 'json']],
    [translateCommand, [folder.path, '-o', 'envoy']],
    [explainCommand, [folder.path, '--request', 'POST http://a.test/v1/chat/completions']],
  ] as const) {
    const { stdout, stderr } = await runCommand(command, args);
    search(command.summary, stdout + stderr);
  }
  expect(leaks).toEqual([]);
});

test('nor has the log, down to a crash', async () => {
  const ended = once(gateway, 'close');
  gateway.kill('SIGUSR2');
  await ended;
  expect(output).toContain('planted crash');
  expect(output.split('"request"').length).toBeGreaterThan(100);
  search('the log', output);
  expect(leaks).toEqual([]);
});
