import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { createMockDeepseek } from '../../../src/cli/mock-deepseek.ts';
import { createMockClient, question, type MockClient } from '../../support/mock-client.ts';

describe('streams of the DeepSeek stand-in', () => {
  let client: MockClient;
  beforeAll(async () => {
    client = createMockClient(await createMockDeepseek({ apiKeys: ['sk-good'] }));
  });
  afterAll(() => client.standIn.close());

  it('streams reasoning first, then content, the other one null, usage last, then [DONE]', async () => {
    const response = await client.stream();
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const text = await response.text();
    const deltas = client.chunks(text).map(({ choices }) => choices[0]!.delta);
    const reasoning = deltas.slice(1, 10);
    const content = deltas.slice(10, -1);
    expect(deltas[0]).toEqual({ role: 'assistant', content: null, reasoning_content: '' });
    expect(new Set(reasoning.map((delta) => delta.content))).toEqual(new Set([null]));
    expect(new Set(content.map((delta) => delta.reasoning_content))).toEqual(new Set([null]));
    expect(content.map((delta) => delta.content).join('')).toMatch(/^Hello .* Hi there$/);
    const last = client.chunks(text).at(-1)!;
    expect([last.choices[0]!.finish_reason, last.usage]).toEqual(['stop', expect.anything()]);
    expect(client.events(text).at(-1)).toBe('data: [DONE]');
  });

  it('sends usage in a chunk without choices on include_usage', async () => {
    const text = await (await client.stream({ stream_options: { include_usage: true } })).text();
    const all = client.chunks(text);
    expect(all.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: 20 } });
    expect(new Set(all.slice(0, -1).map(({ usage }) => usage))).toEqual(new Set([null]));
  });

  it('says the same for the same request', async () => {
    const texts = [await (await client.stream()).text(), await (await client.stream()).text()];
    const [one, two] = texts.map((text) => text.replace(/"(?:id|created)":[^,]*/g, ''));
    expect(one).toBe(two);
  });

  it('ends with insufficient_system_resource in a 200', async () => {
    const headers = { 'x-mock-finish-reason': 'insufficient_system_resource' };
    expect(await (await client.stream({}, headers)).text()).toContain(
      '"insufficient_system_resource"',
    );
  });

  it('comments while it thinks in a stream, and sends blank lines before JSON', async () => {
    const headers = { 'x-mock-think-ms': '30', 'x-mock-keep-alive-ms': '10' };
    expect(client.events(await (await client.stream({}, headers)).text()).slice(0, 3)).toEqual([
      ': keep-alive',
      ': keep-alive',
      ': keep-alive',
    ]);
    const text = await (await client.ask(question, { headers })).text();
    expect(text).toMatch(/^\n\n\n\{/);
  });

  it('cuts a stream after some chunks', async () => {
    const response = await client.stream(
      {},
      { 'x-mock-fault': 'reset', 'x-mock-after-chunks': '2' },
    );
    await expect(response.text()).rejects.toThrow();
    await client.untilState('cut');
    expect(client.standIn.requests().at(-1)!.chunks).toBe(2);
  });

  it('cuts the connection before any answer', async () => {
    await expect(client.stream({}, { 'x-mock-fault': 'reset' })).rejects.toThrow();
    await client.untilState('cut');
    expect(client.standIn.requests().at(-1)!.status).toBe(0);
  });

  it('ends a stream without [DONE]', async () => {
    const text = await (await client.stream({}, { 'x-mock-fault': 'truncate' })).text();
    expect([client.chunks(text).length, text.includes('[DONE]')]).toEqual([1, false]);
  });

  it('sends what is no JSON', async () => {
    const headers = { 'x-mock-fault': 'malformed' };
    const text = await (await client.stream({}, headers)).text();
    expect(() => JSON.parse(client.events(text).at(-2)!.slice(6))).toThrow();
    await expect((await client.ask(question, { headers })).json()).rejects.toThrow();
  });

  it('sends an error in the middle of a stream, or as the document after the 200', async () => {
    client.standIn.script([
      { fault: 'error', status: 402, message: 'no {key}', afterChunks: 2, headers: { 'x-a': 'b' } },
    ]);
    const response = await client.stream();
    const events = client.events(await response.text());
    expect([response.headers.get('x-a'), events.length]).toEqual(['b', 3]);
    expect(events[2]).toContain('"message":"no sk-good"');
    const whole = await client.ask(question);
    expect([whole.status, await whole.json()]).toMatchObject([
      200,
      { error: { message: 'no sk-good' } },
    ]);
    client.standIn.script([]);
  });

  it('ends lines in CR LF, and writes in pieces that split events', async () => {
    const headers = { 'x-mock-crlf': 'true', 'x-mock-piece-bytes': '7', 'x-mock-done': 'false' };
    const text = await (await client.stream({}, headers)).text();
    expect(text).toMatch(/^data: \{[^\n]*\}\r\n\r\n/);
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(text).not.toContain('[DONE]');
    expect(text).toContain('"finish_reason":"stop"');
  });

  it.each(['stall', 'hang'])('knows that the client left during %s', async (fault) => {
    const abort = new AbortController();
    const headers = { 'x-mock-fault': fault, 'x-mock-keep-alive-ms': '5' };
    const before = client.standIn.requests().length;
    const asked = client
      .ask({ ...question, stream: true }, { headers, signal: abort.signal })
      .then((response) => response.text());
    while (client.standIn.requests().length === before)
      await new Promise((resolve) => setImmediate(resolve));
    abort.abort();
    await expect(asked).rejects.toThrow();
    await client.untilState('left');
  });

  it('streams as slowly as it is told', async () => {
    const started = performance.now();
    await (
      await client.stream({}, { 'x-mock-chunk-delay-ms': '5', 'x-mock-delay-ms': '20' })
    ).text();
    // 20 chunks with 19 pauses; a timer may fire a millisecond early.
    expect(performance.now() - started).toBeGreaterThan(100);
  });
});
