import { describe, expect, it } from '@jest/globals';

import { compileYaml, withSpec } from '../../support/resources.ts';

const r1 = { customHost: { host: 'r1.test', port: 8000 }, engine: 'VLLM' };
const check = { timeout: '1s', interval: '5s', healthyThreshold: 1, unhealthyThreshold: 3 };

async function compiled(server: object, more: object = {}, name = 'up_default') {
  const ai = 'multi' in server ? server : { openai: server };
  const result = await compileYaml(withSpec('Upstream', 'up', { ai, ...more }));
  return { cluster: result.table.clusters[name], findings: result.findings('Upstream/up') };
}

describe('checks of a model server', () => {
  it.each([
    ['VLLM', '/health'],
    ['SGLANG', '/health'],
    ['LLAMA_CPP', '/health'],
    ['OLLAMA', '/api/tags'],
  ])('%s is asked at %s, and may refuse to tell', async (engine, path) => {
    const { cluster, findings } = await compiled({ ...r1, engine });
    expect(findings).toEqual([]);
    expect(cluster?.healthCheck).toMatchObject({
      probe: { kind: 'http', path, host: 'r1.test:8000', expected: [[200, 500]] },
      unhealthyThreshold: 3,
      healthyThreshold: 1,
    });
  });

  it.each([
    ['a public server', { ...r1, engine: 'DEEPSEEK' }, {}],
    ['a server of unknown kind', { customHost: r1.customHost }, {}],
    ['one whose Upstream wants no checks', r1, { healthChecks: [] }],
  ])('%s is not asked', async (_name, server, more) => {
    expect((await compiled(server, more)).cluster).not.toHaveProperty('healthCheck');
  });

  it.each([
    [{}, { path: '/health', host: 'r1.test:8000' }],
    [
      { path: '/own', host: 'h.test' },
      { path: '/own', host: 'h.test' },
    ],
  ])('those of the Upstream count: %j', async (httpHealthCheck, probe) => {
    const { cluster } = await compiled(r1, { healthChecks: [{ ...check, httpHealthCheck }] });
    expect(cluster?.healthCheck?.probe).toMatchObject({ ...probe, expected: [[200, 201]] });
    expect(cluster?.healthCheck?.timeoutMs).toBe(1000);
  });

  it('a check by TCP stays one', async () => {
    const { cluster } = await compiled(r1, { healthChecks: [{ ...check, tcpHealthCheck: {} }] });
    expect(cluster?.healthCheck?.probe).toEqual({ kind: 'tcp', receive: [] });
  });

  it('members of pools are checked each in its own way', async () => {
    const pool = [{ openai: r1 }, { openai: { ...r1, engine: 'OLLAMA' } }];
    const multi = { multi: { priorities: [{ pool }] } };
    const paths = ['up_default/0/0', 'up_default/0/1'].map(async (name) => {
      const { cluster } = await compiled(multi, {}, name);
      return cluster?.healthCheck?.probe.kind === 'http' && cluster.healthCheck.probe.path;
    });
    expect(await Promise.all(paths)).toEqual(['/health', '/api/tags']);
    expect((await compiled(multi)).cluster).not.toHaveProperty('healthCheck');
  });
});

describe('limits of a model server', () => {
  const limited = (limit: number) => ({ ...r1, concurrency: { limit } });

  it.each([
    [500, {}, 1024, undefined],
    [2500, {}, 2500, 2500],
    [2500, { maxRequests: 4000 }, 2500, 4000],
    [2500, { maxConnections: 3000 }, 3000, 2500],
  ])('account %i, Upstream %j: %i connections, %s requests', async (...row) => {
    const [limit, circuitBreakers, connections, requests] = row;
    const { cluster, findings } = await compiled(limited(limit), { circuitBreakers });
    expect([cluster?.maxConnections, cluster?.maxRequests]).toEqual([connections, requests]);
    expect(findings).toEqual([]);
  });

  it.each(['maxConnections', 'maxRequests'])('a lower %s is told', async (name) => {
    const { cluster, findings } = await compiled(limited(50), { circuitBreakers: { [name]: 20 } });
    expect(findings).toEqual([`warning ConflictingFields spec.circuitBreakers.${name}`]);
    expect(cluster).toMatchObject({ [name]: 20 });
  });
});

describe('accounts', () => {
  it('are named by the namespace and the Upstream, or as it says; members have their own', async () => {
    const account = async (server: object, name?: string) =>
      (await compiled(server, {}, name)).cluster?.llm?.concurrency?.account;
    const [own, named] = [{ limit: 1 }, { limit: 1, account: 'main' }];
    expect(await account({ ...r1, concurrency: own })).toBe('default/up');
    expect(await account({ ...r1, concurrency: named })).toBe('default/main');
    const pool = [own, own, named].map((concurrency) => ({ openai: { ...r1, concurrency } }));
    const multi = { multi: { priorities: [{ pool }] } };
    expect(await account(multi, 'up_default/0/1')).toBe('default/up/0/1');
    expect(await account(multi, 'up_default/0/2')).toBe('default/main');
  });
});
