import { describe, expect, it } from '@jest/globals';
import type { LlmCredential } from '../../../src/ir/llm.ts';
import { modelServerHeaders, serverPath } from '../../../src/xds/model-server.ts';
import { cluster, translationOf } from '../../support/envoy-table.ts';

function headers(credential: LlmCredential, secrets?: Record<string, string>, path = '/v1') {
  const llm = { provider: 'openai', credential, authority: 'm.test' } as const;
  return modelServerHeaders({ ...cluster, llm }, path, translationOf({}, secrets));
}

describe('modelServerHeaders', () => {
  it('is nothing for other clusters', () => {
    expect(modelServerHeaders(cluster, '/', translationOf({}))).toBeUndefined();
  });

  it('puts the key of the gateway in place of every key of the client', () => {
    const found = headers({ kind: 'secret', secret: 's' }, { s: ' sk-1\n' });
    expect(found?.host).toEqual({ host_rewrite_literal: 'm.test' });
    expect(found?.headers).toMatchObject({
      request_headers_to_remove: expect.arrayContaining(['authorization', 'api-key']),
      request_headers_to_add: [
        { header: { key: 'authorization', value: 'Bearer sk-1' } },
        { header: { key: 'accept-encoding', value: 'identity' } },
      ],
    });
  });

  it.each([
    ['passthrough', false],
    ['none', true],
  ] as const)('with %s removes the client’s authorization: %s', (kind, removes) => {
    const removed = headers({ kind })?.headers['request_headers_to_remove'] as readonly string[];
    expect(removed.includes('authorization')).toBe(removes);
  });

  it('puts it where Anthropic’s clients do, on such paths', () => {
    const found = headers({ kind: 'secret', secret: 's' }, { s: 'sk-1' }, '/anthropic');
    expect(found?.headers).toMatchObject({
      request_headers_to_add: expect.arrayContaining([
        { header: { key: 'x-api-key', value: 'sk-1' } },
      ]),
    });
    const passed = headers({ kind: 'passthrough' }, {}, '/anthropic');
    expect(passed?.headers['request_headers_to_remove']).not.toContain('x-api-key');
  });
});

describe('serverPath', () => {
  const llm = { provider: 'openai', credential: { kind: 'none' }, authority: 'm.test' } as const;

  it.each([
    [{ kind: 'prefix', value: '/a' }, {}, undefined, '/a'],
    [{ kind: 'prefix', value: '/a' }, { prefixRewrite: '/b' }, llm, '/b'],
    [{ kind: 'regex', value: '/a.*' }, {}, llm, ''],
    [{ kind: 'regex', value: '/a.*' }, { prefixRewrite: '/b' }, llm, '/b'],
    [
      { kind: 'prefix', value: '/a' },
      { regexRewrite: { pattern: 'a', substitution: 'b' } },
      llm,
      '',
    ],
    [
      { kind: 'exact', value: '/v1/messages' },
      {},
      { ...llm, basePath: '/anthropic/v1/' },
      '/anthropic/v1/messages',
    ],
    [{ kind: 'prefix', value: '/v1x' }, {}, { ...llm, basePath: '/anthropic' }, '/v1x'],
    [{ kind: 'prefix', value: '/' }, {}, { ...llm, fullPath: '/messages' }, '/messages'],
  ] as const)('%j %j: %s', (match, action, server, expected) => {
    expect(serverPath({ caseSensitive: true, ...match }, action, server)).toBe(expected);
  });
});
