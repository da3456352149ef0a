import { describe, expect, it } from '@jest/globals';

import { compileYaml, withSpec, type Compiled } from '../../support/resources.ts';

const server = (host: string, port = 8000) => ({ openai: { customHost: { host, port } } });

type Pool = readonly object[];

async function compileMulti(pools: readonly Pool[], fields: object = {}): Promise<Compiled> {
  const priorities = pools.map((pool) => ({ pool }));
  return compileYaml(withSpec('Upstream', 'm', { ai: { multi: { priorities } }, ...fields }));
}

const namesOf = ({ table }: Compiled): string[] => Object.keys(table.clusters);

describe('several model servers', () => {
  it('are a cluster each, and one that names them', async () => {
    const compiled = await compileMulti([
      [server('a.test'), { ...server('b.test'), weight: 4 }],
      [server('c.test')],
    ]);
    expect(compiled.findings('Upstream/m')).toEqual([]);
    expect(namesOf(compiled)).toEqual([
      'm_default',
      'm_default/0/0',
      'm_default/0/1',
      'm_default/1/0',
    ]);
    expect(compiled.table.clusters['m_default']).toMatchObject({
      endpoints: [],
      pools: [
        [
          { cluster: 'm_default/0/0', weight: 1 },
          { cluster: 'm_default/0/1', weight: 4 },
        ],
        [{ cluster: 'm_default/1/0', weight: 1 }],
      ],
    });
    expect(compiled.table.clusters['m_default/0/1']).toMatchObject({
      endpoints: [{ host: 'b.test', port: 8000, weight: 1 }],
      llm: { provider: 'openai', authority: 'b.test:8000' },
    });
  });

  it('are without those that are not served, which is said', async () => {
    const compiled = await compileMulti([[{ gemini: {} }], [{ bedrock: {} }, server('a.test')]]);
    expect(compiled.findings('Upstream/m')).toEqual([
      'warning Unsupported spec.ai.multi.priorities[0].pool[0].gemini',
      'warning Unsupported spec.ai.multi.priorities[1].pool[0].bedrock',
    ]);
    expect(compiled.table.clusters['m_default']?.pools).toEqual([
      [{ cluster: 'm_default/1/1', weight: 1 }],
    ]);
  });

  it('have each what the Upstream says of health, and may be left out one and all', async () => {
    const compiled = await compileMulti([[server('a.test')]], {
      outlierDetection: { interval: '5s', maxEjectionPercent: 10 },
      circuitBreakers: { maxConnections: 7 },
      loadBalancerConfig: { random: {} },
    });
    const { m_default: parent, 'm_default/0/0': member } = compiled.table.clusters;
    expect(member).toMatchObject({
      outlierDetection: { intervalMs: 5000, maxEjectionPercent: 100 },
      maxConnections: 7,
      balancer: { kind: 'random' },
    });
    expect(parent).not.toHaveProperty('outlierDetection');
    expect(parent).not.toHaveProperty('balancer');
  });

  it('may each have a key, which is told by its place', async () => {
    const keyed = (inline: string) => ({ deepseek: { authToken: { inline } } });
    const compiled = await compileMulti([[keyed('sk-a'), keyed('sk-b')], [keyed('sk-c')]]);
    expect(
      Object.entries(compiled.secrets).map(([id, key]) => `${id.split('@')[0]} ${key}`),
    ).toEqual([
      'default/m/inline/0/0 sk-a',
      'default/m/inline/0/1 sk-b',
      'default/m/inline/1/0 sk-c',
    ]);
  });

  it('say what is wrong with their TLS once', async () => {
    const compiled = await compileMulti([[server('a.test', 443), server('b.test', 443)]], {
      sslConfig: { alpnProtocols: ['h2'] },
    });
    expect(compiled.findings('Upstream/m')).toEqual([
      'warning Unsupported spec.sslConfig.alpnProtocols',
    ]);
    expect(compiled.table.clusters['m_default/0/1']?.tls).toEqual({ verify: true });
  });

  it('have errors at their places', async () => {
    const compiled = await compileMulti([[server('a.test')], [server('169.254.169.254')]]);
    expect(compiled.findings('Upstream/m')).toEqual([
      'error ForbiddenAddress spec.ai.multi.priorities[1].pool[0].openai.customHost.host',
    ]);
  });
});
