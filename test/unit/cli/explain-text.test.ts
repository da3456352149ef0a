import { describe, expect, it } from '@jest/globals';

import { explainText } from '../../../src/cli/explain-text.ts';
import type { Explanation } from '../../../src/ir/explanation.ts';

const found: Explanation = {
  listener: 'default',
  virtualHost: 'ns.vs',
  route: 'all',
  verdict: 'verified',
  provider: 'kc',
  policy: 'staff',
  steps: [{ stage: 'route', outcome: 'pass', notes: ['route a\u001b[2J does not fit'] }],
  clusters: [
    { cluster: 'up_ns', weight: 3, endpoints: ['10.0.0.1:80', '10.0.0.2:80'] },
    {
      cluster: 'gone_ns',
      weight: 1,
      endpoints: [],
      refusal: { status: 503, body: '', headers: [], reason: 'no_cluster', detail: '' },
    },
  ],
};

describe('explainText', () => {
  it('shows steps, what was found and the backends; nothing that a terminal obeys', () => {
    expect(explainText(found)).toBe(`route                pass
  route a\\u001b[2J does not fit

listener      default
virtual host  ns.vs
route         all
provider      kc
policy        staff
backend       up_ns, weight 3: 10.0.0.1:80, 10.0.0.2:80
backend       gone_ns, weight 1: answers 503
`);
  });

  it('shows the answer of the gateway', () => {
    const headers = ['www-authenticate', 'Bearer realm="x"'];
    const answer = {
      status: 401,
      body: 'Jwt is missing',
      headers,
      reason: 'jwt_missing',
      detail: 'kc',
    };
    const text = explainText({
      ...found,
      provider: '',
      policy: '',
      steps: [],
      clusters: [],
      answer,
    });
    expect(text).toBe(`
listener      default
virtual host  ns.vs
route         all
answer        401 Jwt is missing
header        www-authenticate: Bearer realm="x"
reason        jwt_missing
detail        kc
`);
  });
});
