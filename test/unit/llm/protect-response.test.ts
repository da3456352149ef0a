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
    expect(protectResponse(injected, status, encoded).kind).toBe(kind);
    expect(protectResponse(passed, status, encoded).kind).toBe('pass');
  });
});

test('errors are read as a whole, answers are not', () => {
  const chunk = Buffer.from('key abcd');
  const held = protectResponse(injected, 429, false);
  const sent = protectResponse(injected, 200, false);
  expect(held).toMatchObject({ kind: 'redact', isRewritten: true });
  expect(sent).toMatchObject({ kind: 'redact', isRewritten: false });
  expect(held.kind === 'redact' && held.redaction.push(chunk)).toHaveLength(0);
  expect(sent.kind === 'redact' && sent.redaction.push(chunk)).toEqual(chunk);
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
