import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rename } from 'node:fs/promises';
import { Agent, createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { startGatewayProcess, type GatewayProcess } from '../support/gateway-process.ts';
import { createTempFolder, type TempFolder } from '../support/temp-folder.ts';

/** A model server that takes exactly one key at a time. */
interface ModelServer {
  readonly server: Server;
  good: string;
  refused: number;
  readonly used: Set<string>;
}

const events = ['one', 'two', 'three'].map((text) => `data: {"text":"${text}"}\n\n`);

async function startModelServer(good: string): Promise<ModelServer> {
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const sent = incoming.headers.authorization?.replace('Bearer ', '') ?? '';
      if (sent !== model.good) {
        model.refused += 1;
        const message = `Authentication Fails, Your api key: ****${sent.slice(-4)} is invalid`;
        const error = { message, type: 'authentication_error', code: 'invalid_request_error' };
        response.writeHead(401, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ error }));
        return;
      }
      model.used.add(sent);
      if (Buffer.concat(chunks).includes('"stream":true')) void stream();
      else response.end('{"choices":[]}');
    });
    const stream = async (): Promise<void> => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const event of events) {
        response.write(event);
        await sleep(10);
      }
      response.end('data: [DONE]\n\n');
    };
  });
  const model: ModelServer = { server, good, refused: 0, used: new Set() };
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return model;
}

const keyOf = (index: number): string => `sk-rotated-${String(index).padStart(8, '0')}`;

const upstream = (port: number): string => `apiVersion: gateway.solo.io/v1
kind: VirtualService
metadata: {name: app}
spec:
  virtualHost:
    domains: ['*']
    routes:
      - matchers: [{prefix: /}]
        routeAction: {single: {upstream: {name: model}}}
---
apiVersion: gloo.solo.io/v1
kind: Upstream
metadata: {name: model}
spec:
  ai:
    openai:
      customHost: {host: 127.0.0.1, port: ${port}}
      authToken: {secretRef: {name: key}}
`;

const secret = (key: string): string => `apiVersion: v1
kind: Secret
metadata: {name: key}
stringData: {Authorization: ${key}}
`;

const agent = new Agent({ keepAlive: true });

function ask(url: string, isStream: boolean): Promise<string> {
  return new Promise((resolve) => {
    const sent = request(`${url}/v1/chat/completions`, { agent, method: 'POST' }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('error', (error) => resolve(error.message));
      response.on('end', () => resolve(`${response.statusCode} ${body}`));
    });
    sent.on('error', (error) => resolve(error.message));
    sent.end(`{"model":"m","stream":${isStream}}`);
  });
}

describe('a key that changes every second, under load', () => {
  let folder: TempFolder;
  let model: ModelServer;
  let gateway: GatewayProcess;

  const publish = async (key: string): Promise<void> => {
    await folder.write('.key.tmp', secret(key));
    await rename(folder.pathOf('.key.tmp'), folder.pathOf('key.yaml'));
  };

  beforeAll(async () => {
    folder = createTempFolder();
    model = await startModelServer(keyOf(0));
    const { port } = model.server.address() as AddressInfo;
    await folder.write('app.yaml', upstream(port));
    await publish(keyOf(0));
    gateway = await startGatewayProcess(folder.path);
  });

  afterAll(async () => {
    await gateway.stop();
    agent.destroy();
    model.server.close();
    model.server.closeAllConnections();
    folder[Symbol.dispose]();
  });

  it('fails no request', async () => {
    const answers = new Map<string, number>();
    const load = new AbortController();
    const work = async (isStream: boolean): Promise<void> => {
      while (!load.signal.aborted) {
        const answer = await ask(gateway.url, isStream);
        answers.set(answer, (answers.get(answer) ?? 0) + 1);
        await sleep(5);
      }
    };
    const workers = Array.from({ length: 16 }, (_, index) => work(index % 4 === 0));
    for (let index = 1; index <= 6; index += 1) {
      await sleep(1000);
      // The old key is of no use from now on; the gateway hears of the new one a moment later.
      model.good = keyOf(index);
      await publish(keyOf(index));
    }
    await sleep(1000);
    load.abort();
    await Promise.all(workers);
    expect([...answers.keys()].sort()).toEqual([
      `200 ${events.join('')}data: [DONE]\n\n`,
      '200 {"choices":[]}',
    ]);
    expect([...answers.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThan(500);
    // The load did meet keys that were gone.
    expect(model.refused).toBeGreaterThan(0);
    expect([...model.used]).toEqual(Array.from({ length: 7 }, (_, index) => keyOf(index)));
  }, 30_000);

  it('and nothing of any key is in the log, the metrics or the dump', async () => {
    const pages = ['/metrics', '/config_dump'].map((page) => fetch(gateway.adminUrl + page));
    const texts = await Promise.all((await Promise.all(pages)).map((page) => page.text()));
    for (const text of [...texts, gateway.log()]) {
      expect(text).not.toContain('sk-rotated');
      expect(text.length).toBeGreaterThan(100);
    }
  });
});
