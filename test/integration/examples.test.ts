import { afterEach, describe, expect, it } from '@jest/globals';
import { exportSPKI, generateKeyPair, SignJWT, type JWTPayload } from 'jose';
import { dump, loadAll } from 'js-yaml';
import { globSync, readFileSync } from 'node:fs';

import type { MockDialect } from '../../src/cli/mock-deepseek-dialect.ts';
import { createMockDeepseek, type MockDeepseek } from '../../src/cli/mock-deepseek.ts';
import { isRecord } from '../../src/llm/json-record.ts';
import { startGatewayProcess, type GatewayProcess } from '../support/gateway-process.ts';
import { createTempFolder, type TempFolder } from '../support/temp-folder.ts';

const { privateKey, publicKey } = await generateKeyPair('RS256');
const publicPem = await exportSPKI(publicKey);
const messages = [{ role: 'user', content: 'Why is the sky blue?' }];
const dialects: Readonly<Record<string, MockDialect>> = { VLLM: 'vllm', SGLANG: 'sglang' };

let folder: TempFolder;
let servers: MockDeepseek[] = [];
let gateway: GatewayProcess;

afterEach(async () => {
  await gateway.stop();
  for (const server of servers) await server.close();
  servers = [];
  folder[Symbol.dispose]();
});

/** Serves an example as it is, but for an issuer whose key is here, and stand-ins in place of its model servers. */
async function serve(name: string): Promise<void> {
  folder = createTempFolder();
  for (const path of globSync(`examples/${name}/*.yaml`).sort()) {
    const manifests = loadAll(readFileSync(path, 'utf8'));
    for (const manifest of manifests) await localize(manifest);
    const text = manifests.map((manifest) => dump(manifest)).join('---\n');
    await folder.write(path.replaceAll('/', '-'), text);
  }
  gateway = await startGatewayProcess(folder.path);
}

async function localize(node: unknown): Promise<void> {
  if (Array.isArray(node)) for (const one of node as unknown[]) await localize(one);
  if (!isRecord(node)) return;
  for (const [name, value] of Object.entries(node)) {
    if (name === 'jwks') Object.assign(node, { jwks: { local: { key: publicPem } } });
    else if ((name === 'deepseek' || name === 'openai') && isRecord(value)) await standIn(value);
    else await localize(value);
  }
}

async function standIn(server: Readonly<Record<string, unknown>>): Promise<void> {
  const { engine = 'DEEPSEEK', model, authToken } = server;
  const secret = engine === 'DEEPSEEK' ? 'sk-replace-me' : 'replace-me';
  const mock = await createMockDeepseek({
    dialect: dialects[String(engine)] ?? 'deepseek',
    ...(typeof model === 'string' ? { models: [model] } : {}),
    ...(authToken === undefined ? {} : { apiKeys: [secret] }),
  });
  servers.push(mock);
  const port = Number(new URL(mock.url).port);
  Object.assign(server, { engine, customHost: { host: '127.0.0.1', port } });
}

interface Answer {
  readonly status: number;
  readonly model: unknown;
}

async function ask(body: object, claims: JWTPayload = {}, path = '/v1/chat/completions') {
  const token = await new SignJWT({ iss: 'https://issuer.example', aud: 'deepseek', ...claims })
    .setProtectedHeader({ alg: 'RS256' })
    .setExpirationTime('5m')
    .sign(privateKey);
  const answer = await fetch(gateway.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify({ messages, ...body }),
  });
  const text = await answer.text();
  const { model } = text.startsWith('{') ? (JSON.parse(text) as { model?: unknown }) : {};
  return { status: answer.status, model } satisfies Answer;
}

const asked = (): readonly number[] =>
  servers.map((server) => server.requests().filter(({ method }) => method === 'POST').length);

describe('examples, served', () => {
  it('public-deepseek gives every request its model and its key', async () => {
    await serve('public-deepseek');
    expect(await ask({ model: 'any' })).toEqual({ status: 200, model: 'deepseek-flash' });
    expect(await ask({ model: 'any' }, { aud: 'other' })).toMatchObject({ status: 403 });
    expect(await ask({}, {}, '/user/balance')).toMatchObject({ status: 404 });
    expect(asked()).toEqual([1]);
  });

  it('self-hosted-vllm asks the server, and nothing of it but its API', async () => {
    await serve('self-hosted-vllm');
    expect(await ask({})).toMatchObject({
      status: 200,
      model: 'deepseek-ai/DeepSeek-R1-Distill-Qwen-7B',
    });
    expect(await ask({}, {}, '/pause')).toMatchObject({ status: 404 });
    expect(asked()).toEqual([1]);
  });

  it('failover asks the public API when both servers are down', async () => {
    await serve('failover');
    expect(await ask({})).toEqual({ status: 200, model: 'deepseek-ai/DeepSeek-R1' });
    for (const server of servers.slice(0, 2)) server.script([{ fault: 'reset' }]);
    expect(await ask({})).toEqual({ status: 200, model: 'deepseek-v4-pro' });
    expect(asked().at(2)).toBe(1);
  });

  it('models-by-claim asks for the models of the claim, by their names and aliases', async () => {
    await serve('models-by-claim');
    const llms = { deepseek: ['deepseek-flash'] };
    const flash = { status: 200, model: 'deepseek-flash' };
    expect(await ask({}, { llms })).toEqual(flash);
    expect(await ask({ model: 'fast' }, { llms })).toEqual(flash);
    for (const model of ['thorough', 'deepseek-v4-pro', 'DEEPSEEK-FLASH']) {
      expect(await ask({ model }, { llms })).toMatchObject({ status: 403 });
    }
    expect(await ask({})).toMatchObject({ status: 403 });
    expect(asked()).toEqual([2]);
  });
});
