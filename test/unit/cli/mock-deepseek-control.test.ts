import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { createMockScript } from '../../../src/cli/mock-deepseek-script.ts';
import { answerMockControl } from '../../../src/cli/mock-deepseek-control.ts';
import { createMockDeepseek } from '../../../src/cli/mock-deepseek.ts';
import { createMockClient, question, type MockClient } from '../../support/mock-client.ts';

describe('control of the stand-in', () => {
  let client: MockClient;
  beforeAll(async () => {
    client = createMockClient(await createMockDeepseek({ apiKeys: ['sk-old'] }));
  });
  afterAll(() => client.standIn.close());

  const post = (path: string, body: string): Promise<Response> =>
    fetch(`${client.standIn.url}${path}`, { method: 'POST', body });

  it('changes the keys that are accepted', async () => {
    expect((await client.ask(question)).status).toBe(401);
    expect((await post('/__keys', '[sk-old, sk-good]')).status).toBe(200);
    expect((await client.ask(question)).status).toBe(200);
    expect((await post('/__keys', 'sk-good')).status).toBe(400);
    client.standIn.keys(['sk-new']);
    expect((await client.ask(question)).status).toBe(401);
    client.standIn.keys(['sk-good']);
  });

  it('changes the state', async () => {
    expect(await (await post('/__state', '{balance: 0}')).json()).toEqual({ balance: 0 });
    expect((await client.ask(question)).status).toBe(402);
    expect((await post('/__state', '{balance: null}')).status).toBe(200);
    expect((await client.ask(question)).status).toBe(200);
    expect((await post('/__state', '{balances: 1}')).status).toBe(400);
  });

  it('is for this machine only', async () => {
    const status: number[] = [];
    const response = { writeHead: (code: number) => ({ end: () => status.push(code) }) };
    const message = { url: '/__keys', socket: { remoteAddress: '192.0.2.1' } };
    await answerMockControl({ message, response } as never, {} as never);
    expect(status).toEqual([403]);
  });

  it('uses rules up in turn', () => {
    const script = createMockScript([
      { times: 1, status: 500 },
      { match: { contains: 'a' }, status: 429 },
    ]);
    const taken = ['x', 'x', 'cat'].map((contains) => script.take({ contains }).status);
    expect(taken).toEqual([500, undefined, 429]);
    expect(script.rules()).toHaveLength(2);
  });
});
