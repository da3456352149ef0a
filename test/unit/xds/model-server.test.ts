import { describe, expect, it } from '@jest/globals';
import type { LlmCredential } from '../../../src/ir/llm.ts';
import { modelServerHeaders } from '../../../src/xds/model-server.ts';
import { cluster, translationOf } from '../../support/envoy-table.ts';

function headers(credential: LlmCredential, secrets?: Record<string, string>) {
  const llm = { provider: 'openai', credential, authority: 'm.test' } as const;
  return modelServerHeaders({ ...cluster, llm }, translationOf({}, secrets));
}

describe('modelServerHeaders', () => {
  it('is nothing for other clusters', () => {
    expect(modelServerHeaders(cluster, translationOf({}))).toBeUndefined();
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
});
