import { describe, expect, test } from '@jest/globals';

import { prepareBackend } from '../../../src/llm/backend.ts';
import { protectResponse, removeKeyHeaders } from '../../../src/llm/protect-response.ts';

const settings = { provider: 'deepseek', authority: 'a' } as const;
const injected = prepareBackend(
  { ...settings, credential: { kind: 'secret', secret: 'id' } },
  { id: 'sk-1-abcd' },
);
const passed = prepareBackend({ ...settings, credential: { kind: 'passthrough' } }, {});

describe('protectResponse', () => {
  test.each([
    [200, false, 'redact'],
    [200, true, 'replace'],
    [400, false, 'redact'],
    [401, false, 'replace'],
    [402, true, 'replace'],
    [403, false, 'replace'],
    [429, false, 'redact'],
    [500, true, 'replace'],
  ])('%i, compressed %j: %s', (status, encoded, kind) => {
    const head = { status, encoded, contentType: '' };
    expect(protectResponse(injected, head).kind).toBe(kind);
    expect(protectResponse(passed, head).kind).toBe('pass');
  });
});

test.each([
  [200, 'text/plain', 'error abcd', 'error abcd'],
  [200, '', 'error ****abcd.', 'error ********'],
  [200, 'text/event-stream; charset=utf-8', 'error abcd\nok', 'error ****\n'],
  [200, 'application/x-ndjson', 'error abcd\nok', 'error ****\n'],
  [200, 'application/json', '\n{"error":"abcd"}', '\n'],
  [200, 'application/problem+json', '\n{"error":"abcd"}', '\n'],
  [429, 'text/plain', 'abcd', ''],
])('%i %s: of %j is sent at once %j', (status, contentType, text, expected) => {
  const protection = protectResponse(injected, { status, encoded: false, contentType });
  if (protection.kind !== 'redact') throw new Error(protection.kind);
  const { push, end } = protection.redaction;
  const now = push(Buffer.from(text)).toString();
  expect(now).toBe(expected);
  expect(now + end().toString()).toHaveLength(text.length);
});

describe('removeKeyHeaders', () => {
  const without = (...lines: string[]) => {
    removeKeyHeaders(lines, injected);
    return lines;
  };

  test('takes out lines that hold the key', () => {
    const lines = ['x-a', '1', 'x-key', 'Bearer sk-1-abcd', 'x-b', '2', 'sk-1-abcd', ''];
    expect(without(...lines)).toEqual(['x-a', '1', 'x-b', '2', 'sk-1-abcd', '']);
    const all = [...lines];
    removeKeyHeaders(all, passed);
    expect(all).toEqual(lines);
  });

  test.each([
    ['x-hint', 'abcd', true],
    ['x-hint', 'key ****abcd', true],
    ['www-authenticate', 'Bearer error="...abcd"', true],
    ['x-request-id', '00abcd11', false],
    ['x-request-id', 'abcde-abcd', true],
    ['date', 'abcd', false],
    ['date', 'sk-1-abcd', true],
  ])('%s: %s', (name, value, isTaken) => {
    expect(without(name, value)).toEqual(isTaken ? [] : [name, value]);
  });
});
