import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import OpenAI, { AuthenticationError, PermissionDeniedError } from 'openai';
import { createPublicKey } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { SignJWT } from 'jose';

import { createMockDeepseek, type MockDeepseek } from '../../src/cli/mock-deepseek.ts';
import { generatePrivateKey } from '../../src/cli/token-keygen.ts';
import { startGatewayProcess, type GatewayProcess } from '../support/gateway-process.ts';
import { createTempFolder } from '../support/temp-folder.ts';

const deepseekKey = 'sk-only-the-gateway-knows';
const key = generatePrivateKey({ type: 'RSA', bits: '2048', curve: '' });
const publicPem = createPublicKey(key).export({ type: 'spki', format: 'pem' }) as string;
const messages = [{ role: 'user' as const, content: 'Why is the sky blue?' }];

const sign = (claims: Record<string, unknown>): Promise<string> =>
  new SignJWT({ iss: 'https://issuer.example', ...claims })
    .setProtectedHeader({ alg: 'RS256' })
    .setExpirationTime('5m')
    .sign(key);

/** A few lines per option; a template as a reader of the docs would write it. */
const manifests = (port: number): string => `
apiVersion: gateway.solo.io/v1
kind: VirtualService
metadata: {name: deepseek}
spec:
  virtualHost:
    domains: ['*']
    options:
      jwt:
        providers:
          demo:
            issuer: https://issuer.example
            jwks: {local: {key: ${JSON.stringify(publicPem)}}}
      rbac:
        policies:
          developers:
            principals: [{jwtPrincipal: {claims: {role: developer}}}]
    routes:
      - matchers: [{prefix: /v1/}]
        routeAction: {single: {upstream: {name: deepseek}}}
---
apiVersion: gloo.solo.io/v1
kind: Upstream
metadata: {name: deepseek}
spec:
  ai:
    deepseek:
      authToken: {secretRef: {name: key}}
      customHost: {host: 127.0.0.1, port: ${port}}
---
apiVersion: v1
kind: Secret
metadata: {name: key}
stringData: {Authorization: ${deepseekKey}}
`;

describe('the official OpenAI client, with a JWT as its API key', () => {
  const folder = createTempFolder();
  let deepseek: MockDeepseek;
  let gateway: GatewayProcess;
  let developer = '';

  beforeAll(async () => {
    deepseek = await createMockDeepseek({ apiKeys: [deepseekKey] });
    writeFileSync(folder.pathOf('gateway.yaml'), manifests(deepseek.port));
    gateway = await startGatewayProcess(folder.path);
    developer = await sign({ role: 'developer' });
  });
  beforeEach(() => deepseek.script([]));
  afterAll(async () => {
    await gateway.stop();
    await deepseek.close();
    folder[Symbol.dispose]();
  });

  const client = (apiKey: string): OpenAI =>
    new OpenAI({ apiKey, baseURL: `${gateway.url}/v1`, maxRetries: 0 });

  it('chats, and DeepSeek sees its own key and no token', async () => {
    const completion = await client(developer).chat.completions.create({
      model: 'deepseek-flash',
      messages,
    });
    expect(completion.choices[0]?.message.content).toContain('You wrote: Why is the sky blue?');
    const { headers, rawHeaders } = deepseek.requests().at(-1)!;
    expect(headers.authorization).toBe(`Bearer ${deepseekKey}`);
    expect(rawHeaders.join('\n')).not.toContain(developer.split('.')[2]);
  });

  it('streams thoughts and content, piece by piece, with usage', async () => {
    deepseek.script([{ chunkDelayMs: 10 }]);
    const stream = await client(developer).chat.completions.create({
      model: 'deepseek-flash',
      messages,
      stream: true,
      stream_options: { include_usage: true },
    });
    const said = { reasoning: '', content: '' };
    const arrivals: number[] = [];
    let tokens = 0;
    for await (const chunk of stream) {
      const delta: { reasoning_content?: string | null; content?: string | null } =
        chunk.choices[0]?.delta ?? {};
      said.reasoning += delta.reasoning_content ?? '';
      said.content += delta.content ?? '';
      tokens = chunk.usage?.total_tokens ?? tokens;
      arrivals.push(performance.now());
    }
    expect(said.reasoning).toContain('The user wrote: Why is the sky blue?');
    expect(said.content).toContain('Hello from the DeepSeek stand-in.');
    expect(tokens).toBeGreaterThan(10);
    // Twenty chunks, ten milliseconds apart: a gateway that buffers would deliver them all at once.
    expect(arrivals.at(-1)! - arrivals[0]!).toBeGreaterThan(100);
  });

  it('lists models', async () => {
    const models = await client(developer).models.list();
    expect(models.data.map(({ id }) => id)).toContain('deepseek-flash');
  });

  it('gets PermissionDeniedError for a valid token with another claim', async () => {
    const guest = client(await sign({ role: 'guest' }));
    const before = deepseek.requests().length;
    const asked = guest.chat.completions.create({ model: 'deepseek-flash', messages });
    await expect(asked).rejects.toThrow(PermissionDeniedError);
    await expect(asked).rejects.toMatchObject({ status: 403 });
    expect(deepseek.requests()).toHaveLength(before);
  });

  it('gets AuthenticationError for what is no token, and for a token that has expired', async () => {
    const expired = await new SignJWT({ iss: 'https://issuer.example', role: 'developer' })
      .setProtectedHeader({ alg: 'RS256' })
      .setExpirationTime('-5m')
      .sign(key);
    for (const apiKey of ['sk-a-key-of-deepseek', expired]) {
      const asked = client(apiKey).chat.completions.create({ model: 'deepseek-flash', messages });
      await expect(asked).rejects.toThrow(AuthenticationError);
    }
  });

  it('stops DeepSeek when it aborts', async () => {
    deepseek.script([{ chunkDelayMs: 20, repeat: 1000 }]);
    const stream = await client(developer).chat.completions.create({
      model: 'deepseek-flash',
      messages,
      stream: true,
    });
    let chunks = 0;
    for await (const _chunk of stream) {
      chunks += 1;
      if (chunks === 3) stream.controller.abort();
    }
    const request = deepseek.requests().at(-1)!;
    const deadline = performance.now() + 2000;
    while (request.state === 'open' && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(request.state).toBe('left');
    expect(request.chunks).toBeLessThan(50);
  });

  it('leaves neither token nor key in the log of the gateway', async () => {
    // Lines are written in batches.
    const deadline = performance.now() + 2000;
    while (!gateway.log().includes('"status":403') && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(gateway.log()).toContain('"status":403');
    expect(gateway.log()).not.toContain(deepseekKey);
    expect(gateway.log()).not.toContain(developer.split('.')[1]);
  });
});
