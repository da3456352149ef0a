import { describe, expect, test } from '@jest/globals';

import { Accounts } from '../../../src/dataplane/accounts.ts';
import { capacityOf } from '../../../src/dataplane/capacity.ts';
import { Upstream } from '../../../src/dataplane/upstream.ts';
import type { LlmBackend } from '../../../src/ir/llm.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { cluster } from '../../support/gateway.ts';

const vllm: LlmBackend = {
  provider: 'openai',
  engine: 'VLLM',
  credential: { kind: 'none' },
  authority: 'r1',
  concurrency: { account: 'ns/main', limit: 2, maxWaiting: 9, waitMs: 1000 },
};

describe('capacityOf', () => {
  test('counts accounts, and servers that told their queue lately', () => {
    const clock = createFakeClock();
    const accounts = new Accounts(clock);
    const parts = { secrets: {}, localAddresses: 'on', clock, accounts } as const;
    const upstreams = [
      new Upstream(cluster(8000, { name: 'r1', llm: vllm }), parts),
      new Upstream(cluster(9000, { name: 'silent', llm: vllm }), parts),
      new Upstream(cluster(80, { name: 'plain' }), parts),
    ];
    upstreams[0]?.account?.enter();
    upstreams[0]?.endpoints[0]?.queue?.record({ waiting: 3, running: 4 }, 0, 3000);
    const main = { name: 'ns/main', limit: 2, active: 1, waiting: 0 };
    expect(capacityOf(upstreams, accounts)).toEqual({
      accounts: [{ ...main, refused: { full: 0, late: 0 } }],
      servers: [{ upstream: 'r1', endpoint: '127.0.0.1:8000', running: 4, waiting: 3 }],
    });
    clock.advance(4000);
    expect(capacityOf(upstreams, accounts).servers).toEqual([]);
  });
});
