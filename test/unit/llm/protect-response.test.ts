import { describe, expect, test } from '@jest/globals';

import { prepareBackend } from '../../../src/llm/backend.ts';
import { protectResponse, removeKeyHeaders } from '../../../src/llm/protect-response.ts';

const settings = { provider: 'deepseek', authority: 'a' } as const;
const injected = prepareBackend(
  { ...settings, credential: { kind: 'secret', secret: 'id' } },
  { id: 'sk-1' },
);
const passed = prepareBackend({ ...settings, credential: { kind: 'passthrough' } }, {});

describe('protectResponse', () => {
  test.each([
    [200, false, 'redact'],
    [200, true, 'pass'],
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

test('removeKeyHeaders takes out lines that hold the key', () => {
  const lines = ['x-a', '1', 'x-key', 'Bearer sk-1', 'x-b', '2', 'sk-1', ''];
  removeKeyHeaders(lines, injected);
  expect(lines).toEqual(['x-a', '1', 'x-b', '2', 'sk-1', '']);
  removeKeyHeaders(lines, passed);
  expect(lines).toHaveLength(6);
});
