import { expect, test } from '@jest/globals';

import { engineOf } from '../../../src/ir/engine-of.ts';

const credential = { kind: 'none' } as const;

test.each([
  ['api.deepseek.com', undefined, 'DEEPSEEK'],
  ['API.deepseek.com:8443', undefined, 'DEEPSEEK'],
  ['api.deepseek.com.test', undefined, 'OPENAI'],
  ['vllm:8000', undefined, 'OPENAI'],
  ['vllm:8000', 'VLLM', 'VLLM'],
  ['api.deepseek.com', 'SGLANG', 'SGLANG'],
] as const)('%s, configured as %j: %s', (authority, engine, expected) => {
  const settings = { provider: 'deepseek', credential, authority } as const;
  expect(engineOf(engine === undefined ? settings : { ...settings, engine })).toBe(expected);
});
