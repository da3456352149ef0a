import { afterEach, describe, expect, it, test } from '@jest/globals';
import type { RequestListener, ServerResponse } from 'node:http';

import type { LlmBackend, LlmRoute } from '../../src/ir/llm.ts';
import type { RoutingTable } from '../../src/ir/table.ts';
import {
  cluster,
  createScope,
  requireToken,
  route,
  table,
  virtualHost,
  type Gateway,
} from '../support/gateway.ts';
import { chatChunk } from '../support/answer-rig.ts';
import { recordedStreams } from '../support/recorded-streams.ts';

const scope = createScope();
afterEach(scope.close);

const server: LlmBackend = {
  provider: 'openai',
  credential: { kind: 'none' },
  authority: 'model.test',
};
const events = { 'content-type': 'text/event-stream' };
const token = chatChunk({ content: 'a' });
const stop = chatChunk({}, { finish_reason: 'stop' });
const done = 'data: [DONE]\n\n';

interface Options {
  readonly llm?: LlmRoute;
  readonly backend?: Partial<LlmBackend>;
}

/** One model server behind each priority. */
async function models(
  handlers: readonly RequestListener[],
  { llm, backend = {} }: Options = {},
): Promise<Gateway> {
  const ports = await Promise.all(handlers.map(async (one) => (await scope.upstream(one)).port));
  const members = ports.map((port, index) =>
    cluster(port, { name: `up/${index}`, llm: { ...server, ...backend } }),
  );
  const parent = cluster(0, {
    endpoints: [],
    pools: members.map(({ name }) => [{ cluster: name, weight: 1 }]),
  });
  const host = virtualHost({ routes: [route({ jwt: requireToken, ...(llm ? { llm } : {}) })] });
  const all: RoutingTable = table(host, [parent, ...members]);
  return scope.gateway(all);
}

const ask = (gateway: Gateway, path = '/v1/chat/completions', init: RequestInit = {}) =>
  fetch(gateway.url() + path, {
    method: 'POST',
    body: '{"model":"m","stream":true}',
    headers: { authorization: 'Bearer user:ann' },
    ...init,
  });

const streaming =
  (...pieces: readonly (string | Buffer)[]): RequestListener =>
  (_request, response) => {
    response.writeHead(200, events);
    for (const piece of pieces) response.write(piece);
    response.end();
  };

/** As a client sees it: how it ended, and what came before. */
async function outcome(response: Response): Promise<{ text: string; isWhole: boolean }> {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  try {
    for (;;) {
      const { done: isOver, value } = await reader.read();
      if (isOver) return { text, isWhole: true };
      text += value;
    }
  } catch {
    return { text, isWhole: false };
  }
}

const paths = {
  chat: '/v1/chat/completions',
  messages: '/v1/messages',
  responses: '/v1/responses',
};

describe('streams of model servers', () => {
  test.each(recordedStreams())('$name over a socket, cut small', async ({ bytes, expected }) => {
    const path = paths[expected.endpoint];
    const backend = { thinkTags: expected.thinkTags ?? 'OPENED' } as const;
    const [whole, cut] = await Promise.all([
      models([streaming(bytes)], { backend }),
      models(
        [
          async (_request, response) => {
            response.writeHead(200, events);
            for (let at = 0; at < bytes.length; at += 61) {
              response.write(bytes.subarray(at, at + 61));
              await new Promise((resolve) => setImmediate(resolve));
            }
            response.end();
          },
        ],
        { backend },
      ),
    ]);
    const [one, other] = await Promise.all([ask(whole, path), ask(cut, path)]);
    const seen = await outcome(one);
    expect(await outcome(other)).toEqual(seen);
    expect(seen.isWhole).toBe(true);
  });

  test('a connection that breaks is an error and no end', async () => {
    const gateway = await models([
      (_request, response) => {
        response.writeHead(200, events);
        response.write(token, () => setTimeout(() => response.destroy(), 20));
      },
    ]);
    const { text, isWhole } = await outcome(await ask(gateway));
    expect(isWhole).toBe(false);
    expect(text.startsWith(token)).toBe(true);
    expect(text).toContain('"code":"reset"');
    expect(await gateway.nextLine()).toMatchObject({ reason: 'reset', status: 200 });
  });

  test('an end in the middle is an error and no end', async () => {
    const { text, isWhole } = await outcome(await ask(await models([streaming(token)])));
    expect(isWhole).toBe(false);
    expect(text).toContain('The model server broke off its answer.');
  });

  test.each([
    ['without [DONE]', [token, stop]],
    ['with an error of the server', [token, 'data: {"error":{"message":"no"}}\n\n']],
    ['with it', [token, stop, done]],
  ])('an end %s is one', async (_name, pieces) => {
    const { text, isWhole } = await outcome(await ask(await models([streaming(...pieces)])));
    expect({ text, isWhole }).toEqual({ text: pieces.join(''), isWhole: true });
  });

  test('comments are no progress', async () => {
    let timer: NodeJS.Timeout | undefined;
    const stalled = (_request: unknown, response: ServerResponse): void => {
      response.writeHead(200, events);
      response.write(token);
      timer = setInterval(() => response.write(': keep-alive\n\n'), 20);
      response.once('close', () => clearInterval(timer));
    };
    const gateway = await models([stalled], { llm: { timeouts: { progressMs: 200 } } });
    const { text, isWhole } = await outcome(await ask(gateway));
    expect(isWhole).toBe(false);
    expect(text).toContain('The model server stopped in the middle of its answer.');
    expect(await gateway.nextLine()).toMatchObject({ reason: 'timeout', detail: 'no progress' });
  });

  test.each<[string, RequestListener]>([
    ['sends no head', () => undefined],
    [
      'sends no token',
      (_request, response) => {
        response.writeHead(200, events);
        response.write(chatChunk({ role: 'assistant', content: '' }));
      },
    ],
    ['has no room', streaming(chatChunk({}, { finish_reason: 'insufficient_system_resource' }))],
    ['says that it failed', streaming('data: {"error":{"message":"no"}}\n\n')],
    ['ends', streaming(': keep-alive\n\n')],
    [
      'breaks off',
      (_request, response) => {
        response.writeHead(200, events);
        response.write(': keep-alive\n\n', () => response.destroy());
      },
    ],
  ])('another server answers for one that %s', async (_name, first) => {
    const gateway = await models([first, streaming(token, stop, done)], {
      llm: { timeouts: { firstTokenMs: 200 } },
    });
    const { text, isWhole } = await outcome(await ask(gateway));
    expect({ text, isWhole }).toEqual({ text: token + stop + done, isWhole: true });
  });

  test('behind a token nobody else answers', async () => {
    let asked = 0;
    const gateway = await models([
      streaming(token),
      (_request, response) => {
        asked += 1;
        response.end();
      },
    ]);
    expect((await outcome(await ask(gateway))).isWhole).toBe(false);
    expect(asked).toBe(0);
  });
});

describe('answers in one piece', () => {
  const answer = (message: object, reason = 'stop') =>
    JSON.stringify({ choices: [{ index: 0, message, finish_reason: reason }] });
  const json = { 'content-type': 'application/json' };
  const init = { body: '{"model":"m"}' };

  test('blank lines before them go on at once', async () => {
    const text = answer({ content: 'a' });
    let finish: (() => void) | undefined;
    const gateway = await models([
      (_request, response) => {
        response.writeHead(200, json);
        response.write('\n\n');
        finish = () => response.end(text);
      },
    ]);
    const reader = (await ask(gateway, undefined, init))
      .body!.pipeThrough(new TextDecoderStream())
      .getReader();
    expect((await reader.read()).value).toBe('\n\n');
    finish?.();
    expect((await reader.read()).value).toBe(text);
    expect((await reader.read()).done).toBe(true);
  });

  test.each<['nothing' | 'half of one' | 'no room', RequestListener]>([
    ['nothing', (_request, response) => response.writeHead(200, json).end('\n')],
    ['half of one', (_request, response) => response.writeHead(200, json).end('{"choices":')],
    [
      'no room',
      (_request, response) =>
        response.writeHead(200, json).end(answer({}, 'insufficient_system_resource')),
    ],
  ])('%s is none: another server is asked, or the client hears of it', async (name, first) => {
    const second: RequestListener = (_request, response) =>
      response.writeHead(200, json).end(answer({ content: 'b' }));
    const both = await ask(await models([first, second]), undefined, init);
    expect(await both.json()).toMatchObject({ choices: [{ message: { content: 'b' } }] });
    const alone = await ask(await models([first]), undefined, init).catch(() => undefined);
    // Blank lines had begun the answer, which then breaks.
    expect(alone?.status).toBe({ nothing: undefined, 'half of one': 502, 'no room': 200 }[name]);
  });
});

/** Text of every kind that a client joins from the pieces. */
function said(text: string): string {
  const names = /"(?:reasoning_content|thinking|delta|text|content)":("(?:[^"\\]|\\.)*")/g;
  return [...text.matchAll(names)].map(([, value]) => JSON.parse(value ?? '""') as string).join('');
}

describe('reasoning that is hidden', () => {
  const llm: LlmRoute = {
    reasoning: { hide: true, showTo: { claim: ['user'], value: 'ann' } },
  };
  const others = recordedStreams().filter(({ expected }) => expected.error !== true);

  it.each(others)('is seen by some only: $name', async ({ bytes, expected }) => {
    const backend = { thinkTags: expected.thinkTags ?? 'OPENED' } as const;
    const gateway = await models([streaming(bytes)], { llm, backend });
    const path = paths[expected.endpoint];
    const thought = expected.choices ? 'zero' : (expected.reasoning ?? '').trim().slice(0, 4);
    const shown = await outcome(await ask(gateway, path));
    const hidden = await outcome(
      await ask(gateway, path, { headers: { authorization: 'Bearer user:bob' } }),
    );
    expect([shown.isWhole, hidden.isWhole]).toEqual([true, true]);
    expect(said(shown.text)).toContain(thought);
    expect(said(hidden.text)).not.toContain(thought);
    expect(hidden.text).not.toMatch(/reasoning_content|thinking_delta|reasoning_text/);
  });

  it.each<[string, string, string, number]>([
    ['another API of the server', '/api/chat', '{"model":"m"}', 403],
    ['a prompt by hand', '/v1/completions', '{"model":"m","prompt":"<think>"}', 403],
    ['a form without fields', paths.chat, '{"model":"m","separate_reasoning":false}', 403],
    ['what is no question of this', paths.chat, '{"model":"m","stream":false}', 200],
  ])('is asked for in vain by %s', async (_name, path, body, status) => {
    let asked = 0;
    const handle: RequestListener = (_request, response) => {
      asked += 1;
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"choices":[]}');
    };
    const gateway = await models([handle], { llm });
    const init = { body, headers: { authorization: 'Bearer user:bob' } };
    expect((await ask(gateway, path, init)).status).toBe(status);
    expect(asked).toBe(status === 200 ? 1 : 0);
    expect((await ask(gateway, path, { body })).status).toBe(200);
  });

  it('is not sent in an encoding in which it could not be seen', async () => {
    const asked: unknown[] = [];
    const handle: RequestListener = (request, response) => {
      asked.push(request.headers['accept-encoding']);
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
      response.end('x');
    };
    const gateway = await models([handle], { llm });
    const headers = { authorization: 'Bearer user:bob', 'accept-encoding': 'gzip' };
    expect((await ask(gateway, paths.chat, { headers })).status).toBe(502);
    expect(asked).toEqual(['identity']);
  });
});
