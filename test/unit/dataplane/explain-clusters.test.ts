import { describe, expect, it } from '@jest/globals';

import { explainClusters } from '../../../src/dataplane/explain-clusters.ts';
import { decide } from '../../../src/dataplane/pipeline.ts';
import type { LlmBackend } from '../../../src/ir/llm.ts';
import type { Route } from '../../../src/ir/table.ts';
import { exchangeFor, type ExchangeSetting } from '../../support/exchange.ts';
import { cluster, matcher, route, table, virtualHost } from '../../support/gateway.ts';

const llm: LlmBackend = {
  provider: 'deepseek',
  credential: { kind: 'none' },
  authority: 'api.test',
  model: 'other',
};

interface Case extends ExchangeSetting {
  readonly llm?: LlmBackend;
  readonly route?: Partial<Route>;
  readonly body?: string;
}

async function refusal({
  llm: backend,
  route: parts,
  body = '',
  ...setting
}: Case): Promise<unknown> {
  const up = cluster(8080, backend === undefined ? {} : { llm: backend });
  const exchange = exchangeFor(table(virtualHost({ routes: [route(parts)] }), [up]), setting);
  await decide(exchange);
  const [first] = explainClusters(exchange, body);
  return first?.refusal && `${first.refusal.status} ${first.refusal.reason}`;
}

const post = (...headers: string[]): Case => ({ method: 'POST', headers, llm });

describe('explainClusters', () => {
  it.each<[string, Case, string | undefined]>([
    ['nothing against it', {}, undefined],
    ['a body with a model', { ...post('Content-Length', '2'), body: '{}' }, undefined],
    ['a body that is no JSON', { ...post('Content-Length', '1'), body: 'x' }, '400 body'],
    ['no body at all', { llm }, undefined],
    ['a large body', post('Content-Length', '9999999'), '413 too_large'],
    ['a coded body', post('Content-Length', '2', 'Content-Encoding', 'gzip'), '415 body'],
    [
      'a missing key',
      { llm: { ...llm, credential: { kind: 'missing', detail: 'no Secret' } } },
      '503 no_credential',
    ],
    [
      'a rewrite that would make dots',
      {
        target: '/api../x',
        route: {
          matchers: [matcher('/api')],
          action: {
            kind: 'forward',
            destinations: [{ cluster: 'up', weight: 1 }],
            timeoutMs: 0,
            prefixRewrite: '/static/',
          },
        },
      },
      '400 bad_target',
    ],
  ])('%s', async (_name, setting, expected) => {
    expect(await refusal(setting)).toBe(expected);
  });
});
