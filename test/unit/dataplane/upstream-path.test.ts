import { describe, expect, test } from '@jest/globals';

import {
  makesDotSegment,
  modelServerPath,
  rewrittenPath,
} from '../../../src/dataplane/upstream-path.ts';
import type { LlmBackend } from '../../../src/ir/llm.ts';

describe('rewrittenPath', () => {
  test.each([
    ['/api/pets', 'prefix', '/api', '/', '//pets'],
    ['/api/pets', 'prefix', '/api/', '/', '/pets'],
    ['/api', 'prefix', '/api', '/v2', '/v2'],
    ['/apis', 'prefix', '/api', '/v2', '/v2s'],
    ['/API/x', 'prefix', '/api', '/v2', '/v2/x'],
    ['/api', 'exact', '/api', '/v2', '/v2'],
    ['/api/7', 'regex', '/api/[0-9]', '/v2', '/v2'],
    ['/api/7', 'prefix', '/api/', 'x', '/x7'],
  ] as const)('%s by %s %s to %s is %s', (path, kind, value, rewrite, expected) => {
    expect(rewrittenPath(path, { kind, value, caseSensitive: false }, rewrite)).toBe(expected);
  });
});

describe('makesDotSegment', () => {
  test.each([
    ['/api../x', '/static/', true],
    ['/api..', '/static/', true],
    ['/api./x', '/static/', true],
    ['/api..%2fx', '/static/', true],
    ['/api./x', '/static/.', true],
    ['/api../x', '/static', false],
    ['/api...', '/static/', false],
    ['/api/x', '/static/', false],
    ['/api/x..', '/static/', false],
  ])('%s by /api to %s: %s', (path, rewrite, expected) => {
    const match = { kind: 'prefix', value: '/api', caseSensitive: true } as const;
    expect(makesDotSegment(path, match, rewrite)).toBe(expected);
    expect(makesDotSegment(path, { ...match, kind: 'regex' }, rewrite)).toBe(false);
  });
});

describe('modelServerPath', () => {
  const at = (path: string, more: Partial<LlmBackend>): string =>
    modelServerPath(path, {
      provider: 'deepseek',
      credential: { kind: 'none' },
      authority: 'a',
      ...more,
    });

  test.each([
    ['/v1/chat/completions', {}, '/v1/chat/completions'],
    ['/v1/chat/completions', { fullPath: '/x' }, '/x'],
    ['/v1/chat/completions', { basePath: '/api/v3/' }, '/api/v3/chat/completions'],
    ['/v1', { basePath: '/beta' }, '/beta'],
    ['/v1x', { basePath: '/beta' }, '/v1x'],
    ['/v1/models', { basePath: '' }, '/models'],
    ['/v1/models', { basePath: 'beta' }, '/beta/models'],
  ])('%s with %j is %s', (path, more, expected) => {
    expect(at(path, more)).toBe(expected);
  });
});
