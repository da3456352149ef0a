import { describe, expect, it } from '@jest/globals';

import {
  clusterRefusal,
  replacedModel,
  rewriteRefusal,
  unusableBody,
} from '../../../src/dataplane/forward-refusal.ts';
import { defaultLimits } from '../../../src/dataplane/limits.ts';
import { Upstream } from '../../../src/dataplane/upstream.ts';
import type { LlmCredential } from '../../../src/ir/llm.ts';
import { exchangeFor } from '../../support/exchange.ts';
import { cluster, table, virtualHost } from '../../support/gateway.ts';

function upstream(credential: LlmCredential, model?: string): Upstream {
  const llm = { provider: 'openai', credential, authority: 'a.test' } as const;
  const parts = { secrets: {}, localAddresses: 'on' } as const;
  return new Upstream(cluster(80, { llm: model === undefined ? llm : { ...llm, model } }), parts);
}

describe('what keeps a request from a cluster', () => {
  const exchange = exchangeFor(table(virtualHost()));

  it('is a key that is not there', () => {
    expect(clusterRefusal(exchange, upstream({ kind: 'none' }))).toBeUndefined();
    expect(clusterRefusal(exchange, upstream({ kind: 'secret', secret: 'gone' }))).toMatchObject({
      status: 503,
      contentType: 'application/json',
      detail: 'the secret is not there',
    });
  });

  it('is a body that cannot be read as a whole, where its model is replaced', () => {
    expect(replacedModel(upstream({ kind: 'none' }))).toBeUndefined();
    expect(replacedModel(upstream({ kind: 'none' }, 'm'))).toBe('m');
    exchange.headers = ['content-encoding', 'Identity'];
    expect(rewriteRefusal(exchange, defaultLimits)).toBeUndefined();
    exchange.headers = ['content-encoding', 'gzip'];
    expect(rewriteRefusal(exchange, defaultLimits)?.status).toBe(415);
    exchange.contentLength = defaultLimits.rewriteBytes + 1;
    expect(rewriteRefusal(exchange, defaultLimits)?.status).toBe(413);
    expect(unusableBody('why').body).toContain('why');
  });
});
