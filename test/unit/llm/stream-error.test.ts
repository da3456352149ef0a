import { expect, it } from '@jest/globals';
import { streamError } from '../../../src/llm/stream-error.ts';

it.each([
  ['chat', '', { error: { message: 'no', type: 'timeout', param: null, code: 'timeout' } }],
  ['completions', '', { error: { message: 'no', type: 'timeout', param: null, code: 'timeout' } }],
  ['messages', 'event: error\n', { type: 'error', error: { type: 'api_error', message: 'no' } }],
  ['responses', 'event: error\n', { type: 'error', code: 'timeout', message: 'no', param: null }],
] as const)('of %s', (endpoint, name, data) => {
  expect(streamError(endpoint, 'timeout', 'no')).toBe(`${name}data: ${JSON.stringify(data)}\n\n`);
});
