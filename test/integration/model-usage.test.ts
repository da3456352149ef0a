import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createPublicKey } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { SignJWT } from 'jose';

import { createMockDeepseek, type MockDeepseek } from '../../src/cli/mock-deepseek.ts';
import { generatePrivateKey } from '../../src/cli/token-keygen.ts';
import { startGatewayProcess, type GatewayProcess } from '../support/gateway-process.ts';
import { startOtlpCollector, type OtlpCollector } from '../support/otlp-collector.ts';
import { createTempFolder, type TempFolder } from '../support/temp-folder.ts';

const issuer = 'https://issuer.example';
const key = 'sk-canary-key-0123456789';
const prompt = 'canary-prompt tell me of the sky';
const answer = 'canary-answer it is blue';
const signer = generatePrivateKey({ type: 'EC', bits: '', curve: 'P-256' });
const publicPem = createPublicKey(signer).export({ type: 'spki', format: 'pem' }) as string;

const manifests = (port: number): string => `
apiVersion: gateway.solo.io/v1
kind: VirtualService
metadata: {name: models}
spec:
  virtualHost:
    domains: ['*']
    options:
      jwt:
        providers:
          demo: {issuer: ${issuer}, jwks: {local: {key: ${JSON.stringify(publicPem)}}}}
    routes:
      - name: models
        matchers: [{prefix: /}]
        routeAction: {single: {upstream: {name: deepseek}}}
        options:
          ai:
            models: {allowedClaim: llms}
            usage: {claim: org.team, maxValues: 2}
---
apiVersion: gloo.solo.io/v1
kind: Upstream
metadata: {name: deepseek}
spec:
  ai:
    deepseek:
      authToken: {inline: ${key}}
      customHost: {host: 127.0.0.1, port: ${port}}
      engine: DEEPSEEK
`;

/** Each kind of token has another weight, so that none can be taken for another. */
const prices = (port: number): string => `
prices:
  - {host: '127.0.0.1:${port}', models: ['*'], usd: {cacheHit: 0.001, cacheMiss: 1, output: 1000}}
`;

interface ModelFields {
  readonly endpoint: string;
  readonly usage?: string;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly cacheHitTokens?: number;
  readonly reasoningTokens?: number;
  readonly costUsd?: number;
  readonly error?: string;
  readonly claimValue?: string;
  readonly requested: string;
  readonly billed?: string;
  readonly tries: number;
}

interface Line {
  readonly msg: string;
  readonly path: string;
  readonly status: number;
  readonly model?: ModelFields;
}

describe('usage of models', () => {
  let folder: TempFolder;
  let deepseek: MockDeepseek;
  let collector: OtlpCollector;
  let gateway: GatewayProcess;
  let asked = 0;

  beforeAll(async () => {
    folder = createTempFolder();
    deepseek = await createMockDeepseek({ apiKeys: [key] });
    collector = await startOtlpCollector();
    await folder.write('manifests/models.yaml', manifests(deepseek.port));
    writeFileSync(folder.pathOf('prices.yaml'), prices(deepseek.port));
    gateway = await startGatewayProcess(folder.pathOf('manifests'), {
      flags: ['--prices', folder.pathOf('prices.yaml')],
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_EXPORTER_OTLP_HEADERS: 'x-collector=yes',
      },
    });
  });
  beforeEach(() => deepseek.script([{ content: answer }]));
  afterAll(async () => {
    await gateway.stop();
    await collector.close();
    await deepseek.close();
    folder[Symbol.dispose]();
  });

  const lines = (): readonly Line[] =>
    gateway
      .log()
      .split('\n')
      .filter((line) => line.includes('"msg":"request"'))
      .map((line) => JSON.parse(line) as Line);

  /** Of the request that was asked last. */
  async function line(): Promise<Line> {
    const deadline = performance.now() + 10_000;
    while (lines().length < asked) {
      if (performance.now() > deadline) throw new Error('no line in the access log');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    const last = lines()[asked - 1];
    if (last === undefined) throw new Error('no line');
    return last;
  }

  async function ask(
    path: string,
    body: object,
    more: { team?: string; headers?: Record<string, string>; signal?: AbortSignal } = {},
  ): Promise<Response> {
    asked += 1;
    const { team = 'red', headers, signal } = more;
    const token = await new SignJWT({
      iss: issuer,
      sub: 'canary-subject',
      org: { team },
      llms: ['deepseek-flash'],
    })
      .setProtectedHeader({ alg: 'ES256' })
      .setExpirationTime('5m')
      .sign(signer);
    return fetch(`${gateway.url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ model: 'deepseek-flash', ...body }),
      ...(signal ? { signal } : {}),
    });
  }

  const messages = [{ role: 'user', content: prompt }];
  const bodies: Readonly<Record<string, readonly [path: string, body: object]>> = {
    chat: ['/v1/chat/completions', { messages }],
    messages: ['/anthropic/v1/messages', { messages, max_tokens: 1000 }],
    responses: ['/v1/responses', { input: prompt }],
    completions: ['/beta/completions', { prompt, suffix: '.' }],
  };

  describe.each(Object.entries(bodies))('%s', (endpoint, [path, body]) => {
    it('counts the same of an answer and of a stream that asks for no usage', async () => {
      const whole = await ask(path, body);
      expect(whole.status).toBe(200);
      const told = JSON.stringify(await whole.json());
      const { model } = await line();
      expect(model).toMatchObject({ endpoint, usage: 'told', billed: 'deepseek-flash', tries: 1 });
      const { inputTokens = 0, outputTokens = 0, cacheHitTokens = 0 } = model ?? {};
      expect(told).toMatch(new RegExp(`"(?:completion|output)_tokens":${outputTokens}\\b`));
      expect(outputTokens).toBeGreaterThan(1);
      const nano = cacheHitTokens * 1 + (inputTokens - cacheHitTokens) * 1000 + outputTokens * 1e6;
      expect(model?.costUsd).toBeCloseTo(nano / 1e9, 12);

      const streamed = await ask(path, { ...body, stream: true });
      expect(streamed.headers.get('content-type')).toContain('text/event-stream');
      const text = await streamed.text();
      expect(text).not.toContain('"choices":[]');
      const stream = await line();
      expect(stream.model).toMatchObject({ usage: 'told', outputTokens });
    });
  });

  it('counts the pieces of a stream that the client leaves', async () => {
    deepseek.script([{ content: `${answer} `.repeat(40), chunkDelayMs: 20 }]);
    const leaving = new AbortController();
    const response = await ask(
      '/v1/chat/completions',
      { messages, stream: true },
      { signal: leaving.signal },
    );
    let text = '';
    const decoder = new TextDecoder();
    const reader = response.body?.getReader();
    const pieces = (): number => text.match(/"(?:reasoning_)?content":"[^"]/g)?.length ?? 0;
    while (pieces() < 12) {
      const chunk = await reader?.read();
      text += decoder.decode(chunk?.value, { stream: true });
    }
    leaving.abort();
    await reader?.read().catch(() => undefined);
    const { model } = await line();
    expect(model).toMatchObject({ usage: 'estimated', error: 'client_closed' });
    expect(Math.abs((model?.outputTokens ?? 0) - pieces())).toBeLessThanOrEqual(3);
    expect(model?.inputTokens).toBeGreaterThan(0);
    expect(model?.costUsd).toBeGreaterThan(0);
  });

  it('counts the pieces of a stream that the server breaks off', async () => {
    deepseek.script([{ content: answer, fault: 'truncate', afterChunks: 5 }]);
    const response = await ask('/v1/chat/completions', { messages, stream: true });
    await response.text().catch(() => '');
    const { model } = await line();
    expect(model?.usage).toBe('estimated');
    expect(model?.outputTokens).toBeGreaterThanOrEqual(3);
    expect(model?.outputTokens).toBeLessThanOrEqual(5);
    expect(model?.error).toBeDefined();
  });

  it('has no tokens of an error, nor of a request that may not ask', async () => {
    deepseek.script([{ status: 429 }]);
    expect((await ask('/v1/chat/completions', { messages })).status).toBe(429);
    const failed = await line();
    expect(failed.model).toMatchObject({ error: '429', tries: 1 });
    expect(failed.model).not.toHaveProperty('usage');
    const path = '/v1/chat/completions';
    expect((await ask(path, { messages, model: 'deepseek-v4-pro' })).status).toBe(403);
    const refused = await line();
    expect(refused.model).toMatchObject({ requested: 'deepseek-v4-pro', tries: 0 });
    expect(refused.model).not.toHaveProperty('usage');
  });

  it('gives as many teams figures of their own as the route says', async () => {
    for (const team of ['red', 'blue', 'green', 'yellow']) {
      await (await ask('/v1/chat/completions', { messages }, { team })).text();
      expect((await line()).model?.claimValue).toBe(team);
    }
    const text = await (await fetch(`${gateway.adminUrl}/metrics`)).text();
    const values = new Set([...text.matchAll(/claim_value="([^"]*)"/g)].map(([, value]) => value));
    expect(values).toEqual(new Set(['red', 'blue', '_other']));
  });

  it('adds up in the metrics to what the access log says', async () => {
    const text = await (await fetch(`${gateway.adminUrl}/metrics`)).text();
    const sum = (name: string): number =>
      [...text.matchAll(new RegExp(`^${name}(?:{[^}]*})? (\\S+)$`, 'gm'))].reduce(
        (total, [, value]) => total + Number(value),
        0,
      );
    const models = lines().flatMap(({ model }) => model ?? []);
    const total = (of: (model: ModelFields) => number): number =>
      models.reduce((all, model) => all + of(model), 0);
    expect(sum('seekgate_model_tokens_total')).toBe(
      total(({ inputTokens = 0, outputTokens = 0 }) => inputTokens + outputTokens),
    );
    expect(sum('seekgate_model_cost_usd_total')).toBeCloseTo(
      total(({ costUsd = 0 }) => costUsd),
      9,
    );
    expect(sum('gen_ai_client_operation_duration_seconds_count')).toBe(
      models.filter(({ tries }) => tries > 0).length,
    );
  });

  it('goes on with the trace of a client, to DeepSeek and to the collector', async () => {
    const traceId = 'c0ffee00c0ffee00c0ffee00c0ffee00';
    const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-01`, tracestate: 'vendor=1' };
    await (await ask('/v1/chat/completions', { messages }, { headers })).text();
    await line();
    const { traceparent, tracestate } = deepseek.requests().at(-1)?.headers ?? {};
    const sent = String(traceparent);
    expect(sent).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));
    expect(sent).not.toContain('00f067aa0ba902b7');
    expect(tracestate).toBe('vendor=1');
    const spanId = Buffer.from(sent.split('-')[2] ?? '', 'hex');
    const isSent = (): boolean =>
      collector.exports.some(({ url, body }) => url === '/v1/traces' && body.includes(spanId));
    const deadline = performance.now() + 20_000;
    while (!isSent()) {
      if (performance.now() > deadline) throw new Error('the span was not sent');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }, 30_000);

  it('tells nobody a prompt, an answer, a subject or a key', async () => {
    const metrics = await (await fetch(`${gateway.adminUrl}/metrics`)).text();
    await gateway.stop();
    const sent = collector.exports.map(({ body }) => body.toString('latin1'));
    expect(collector.exports.map(({ url }) => url)).toContain('/v1/metrics');
    expect(collector.exports[0]?.headers['x-collector']).toBe('yes');
    expect(sent.join()).toContain('gen_ai.usage.output_tokens');
    for (const text of [metrics, gateway.log(), ...sent]) {
      expect(text).not.toContain('canary');
      expect(text).not.toContain('eyJ');
    }
  });
});
