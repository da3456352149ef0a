import { expect } from '@jest/globals';

import type { MockDeepseek } from '../../src/cli/mock-deepseek.ts';

/** What a client library made of the same conversation, whatever its own words for it. */
export interface ClientReport {
  readonly chat: { readonly content: string; readonly reasoning: string; readonly tokens: number };
  readonly stream: {
    readonly content: string;
    readonly reasoning: string;
    readonly tokens: number;
    /** In how many pieces it came. */
    readonly pieces: number;
  };
  /** The tool that is to be called, and what is said once its result was sent back. */
  readonly tools: { readonly name: string; readonly city: string; readonly answer: string };
  readonly toolStream: { readonly name: string; readonly city: string };
  readonly json: unknown;
  /** Status of an answer to a token without the right claim. */
  readonly denied: number;
}

const content = 'Blue light is scattered most.';
const reasoning = 'The user asks about the sky.';

/** The question that each client asks; its tool is `get_weather` with a `city`. */
export const clientQuestion = 'Why is the sky blue?';

/** Makes the stand-in answer what `expectReport` expects. */
export function scriptForReport(deepseek: MockDeepseek): void {
  const call = { name: 'get_weather', arguments: { city: 'Bonn' } };
  deepseek.script([
    { match: { contains: '12 degrees' }, content: 'It is 12 degrees in Bonn.' },
    { match: { contains: 'weather' }, toolCalls: [call] },
    { match: { contains: 'JSON' }, content: '{"color": "blue", "sure": true}' },
    { content, reasoning },
  ]);
}

/** Every client has to get the same out of the gateway. */
export function expectReport(report: ClientReport): void {
  expect(report).toEqual({
    chat: { content, reasoning, tokens: expect.any(Number) },
    stream: { content, reasoning, tokens: report.chat.tokens, pieces: expect.any(Number) },
    tools: { name: 'get_weather', city: 'Bonn', answer: 'It is 12 degrees in Bonn.' },
    toolStream: { name: 'get_weather', city: 'Bonn' },
    json: { color: 'blue', sure: true },
    denied: 403,
  });
  expect(report.chat.tokens).toBeGreaterThan(10);
  expect(report.stream.pieces).toBeGreaterThan(8);
}
