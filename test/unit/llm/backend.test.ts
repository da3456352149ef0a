import { describe, expect, test } from '@jest/globals';

import type { LlmCredential } from '../../../src/ir/llm.ts';
import { prepareBackend } from '../../../src/llm/backend.ts';

const prepare = (credential: LlmCredential, secrets = {}) =>
  prepareBackend({ provider: 'deepseek', authority: 'a', credential }, secrets);
const secret = { kind: 'secret', secret: 'id' } as const;

describe('prepareBackend', () => {
  test('finds the key, without the white space around it', () => {
    expect(prepare(secret, { id: ' sk-1\n' })).toMatchObject({ key: 'sk-1', missing: undefined });
  });

  test.each([
    ['no secret', secret, {}],
    ['an empty one', secret, { id: ' ' }],
    ['one that no header can carry', secret, { id: 'sk-1\r\nx: y' }],
    ['what the compiler missed', { kind: 'missing', detail: 'x' } as const, {}],
  ])('a key is missing with %s', (_name, credential, secrets) => {
    const { key, missing } = prepare(credential, secrets);
    expect(key).toBeUndefined();
    expect(missing).toBeTruthy();
    expect(missing).not.toContain('sk-1');
  });

  test.each(['none', 'passthrough'] as const)('%s needs none', (kind) => {
    expect(prepare({ kind })).toMatchObject({ key: undefined, missing: undefined });
  });
});
