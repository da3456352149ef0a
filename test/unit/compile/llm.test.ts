import { describe, expect, it } from '@jest/globals';
import { compileYaml, manifest, withSpec, type Compiled } from '../../support/resources.ts';

const inline = { authToken: { inline: 'sk-hunter2' } };
const local = { customHost: { host: 'vllm.team.svc', port: 8000 } };

async function compileAi(ai: object, more = '', fields: object = {}): Promise<Compiled> {
  return compileYaml(withSpec('Upstream', 'model', { ai, ...fields }) + more);
}

const clusterOf = (compiled: Compiled) => compiled.table.clusters['model_default'];

describe('where the model is', () => {
  const verified = { verify: true };

  it.each([
    [{ deepseek: inline }, { host: 'api.deepseek.com', port: 443 }, verified, 'api.deepseek.com'],
    [{ openai: inline }, { host: 'api.openai.com', port: 443 }, verified, 'api.openai.com'],
    [{ deepseek: local }, { host: 'vllm.team.svc', port: 8000 }, undefined, 'vllm.team.svc:8000'],
    [
      { openai: { customHost: { host: '10.0.0.1', port: 443, hostname: 'a.test' } } },
      { host: '10.0.0.1', port: 443 },
      { sni: 'a.test', verify: true },
      'a.test',
    ],
    [
      { openai: { customHost: { host: '2001:db8::1', port: 80 } } },
      { host: '2001:db8::1', port: 80 },
      undefined,
      '[2001:db8::1]',
    ],
  ])('%j', async (ai, endpoint, tls, authority) => {
    const cluster = clusterOf(await compileAi(ai));
    expect(cluster).toMatchObject({ endpoints: [endpoint], llm: { authority } });
    expect(cluster?.tls).toEqual(tls);
  });

  it('is spoken to with TLS on any port where sslConfig is given', async () => {
    const compiled = await compileAi({ deepseek: local }, '', { sslConfig: {} });
    expect(clusterOf(compiled)?.tls).toEqual({ verify: true });
    expect(compiled.findings('Upstream/model')).toEqual([]);
  });

  it('may have other paths and another model', async () => {
    const pathOverride = { basePath: '/api' };
    const ai = { openai: { customHost: { ...local.customHost, pathOverride }, model: 'r1' } };
    expect(clusterOf(await compileAi(ai))?.llm).toMatchObject({ basePath: '/api', model: 'r1' });
  });

  it.each([
    [{ host: '169.254.169.254', port: 80 }, 'ForbiddenAddress', 'host'],
    [{ host: 'a b', port: 80 }, 'InvalidUpstream', 'host'],
    [{ host: 'a', port: 80, hostname: 'a\r\nb' }, 'InvalidUpstream', 'hostname'],
    [
      { host: 'a', port: 80, pathOverride: { fullPath: '/a b' } },
      'InvalidUpstream',
      'pathOverride.fullPath',
    ],
  ])('is refused at %j', async (customHost, reason, field) => {
    const compiled = await compileAi({ openai: { customHost } });
    expect(compiled.findings('Upstream/model')).toEqual([
      `error ${reason} spec.ai.openai.customHost.${field}`,
    ]);
  });
});

describe('a Service in place of a host', () => {
  const service = manifest('Service', 'models/r1', { spec: { ports: [{ port: 8000 }] } });
  const members = {
    addressType: 'IPv4',
    ports: [{ port: 8000 }],
    endpoints: [{ addresses: ['10.0.0.7'] }],
  };
  const slice = manifest('EndpointSlice', 'models/r1-x', members, {
    labels: { 'kubernetes.io/service-name': 'r1' },
  });
  const kube = { serviceName: 'r1', serviceNamespace: 'models', servicePort: 8000 };

  it('is spoken to at its endpoints, by its name', async () => {
    const compiled = await compileAi({ openai: { customHost: { kube } } }, service + slice);
    expect(compiled.findings('Upstream/model')).toEqual([]);
    expect(clusterOf(compiled)).toMatchObject({
      endpoints: [{ host: '10.0.0.7', port: 8000 }],
      llm: { authority: 'r1.models.svc:8000', credential: { kind: 'none' } },
    });
  });

  it('with TLS is known by that name, or by hostname', async () => {
    for (const [hostname, sni] of [
      [undefined, 'r1.models.svc'],
      ['r1.test:9000', 'r1.test'],
    ]) {
      const customHost = { kube, ...(hostname === undefined ? {} : { hostname }) };
      const fields = { sslConfig: {} };
      const compiled = await compileAi({ openai: { customHost } }, service + slice, fields);
      expect(clusterOf(compiled)?.tls).toEqual({ sni, verify: true });
    }
  });

  it('that is not there makes requests fail', async () => {
    const compiled = await compileAi({ openai: { customHost: { kube } } });
    expect(compiled.findings('Upstream/model')).toEqual([
      'warning ServiceNotFound spec.ai.openai.customHost.kube',
    ]);
    expect(clusterOf(compiled)?.endpoints).toEqual([]);
  });
});

describe('what else is said of the server', () => {
  it('is in the table only where it is said', async () => {
    expect(Object.keys(clusterOf(await compileAi({ openai: local }))?.llm ?? {})).toEqual([
      'provider',
      'credential',
      'authority',
    ]);
    const all = {
      ...local,
      engine: 'LLAMA_CPP',
      reasoning: { input: 'PAD', thinkTags: 'NONE' },
      concurrency: { limit: 4, account: 'team', maxWaiting: 0, maxWait: '1.5s' },
    };
    expect(clusterOf(await compileAi({ openai: all }))?.llm).toMatchObject({
      engine: 'LLAMA_CPP',
      reasoningInput: 'PAD',
      thinkTags: 'NONE',
      concurrency: { account: 'default/team', limit: 4, maxWaiting: 0, waitMs: 1500 },
    });
  });

  it('has an account of its own by default', async () => {
    const compiled = await compileAi({ openai: { ...local, concurrency: { limit: 1 } } });
    expect(clusterOf(compiled)?.llm?.concurrency).toEqual({
      account: 'default/model',
      limit: 1,
      maxWaiting: 1024,
      waitMs: 60_000,
    });
  });

  it('a host without a port is no server', async () => {
    const compiled = await compileAi({ openai: { customHost: { host: 'a.test' } } });
    expect(compiled.findings('Upstream/model')).toEqual([
      'error MissingField spec.ai.openai.customHost.port',
    ]);
  });
});
