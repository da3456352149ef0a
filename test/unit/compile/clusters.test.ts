import { describe, expect, it } from '@jest/globals';
import type { CompileOptions } from '../../../src/compile/compile.ts';
import type { Cluster } from '../../../src/ir/cluster.ts';
import {
  compileYaml,
  keyFile,
  manifest,
  withSpec,
  type Compiled,
} from '../../support/resources.ts';

async function compileUpstream(
  spec: object,
  more = '',
  options: Partial<CompileOptions> = {},
): Promise<Compiled> {
  return compileYaml(withSpec('Upstream', 'up', spec) + more, options);
}

function clusterOf(compiled: Compiled): Cluster {
  const cluster = compiled.table.clusters['up_default'];
  if (!cluster) throw new Error('no cluster');
  return cluster;
}

const hosts = (...addresses: string[]) => ({
  static: { hosts: addresses.map((addr) => ({ addr, port: 8080 })) },
});
const ca = keyFile('tls.certificate.pem');
const secret = (stringData: object) => manifest('Secret', 'ca', { stringData });

describe('static hosts', () => {
  it('all become endpoints, with the defaults of Gloo', async () => {
    const compiled = await compileUpstream({
      static: {
        hosts: [
          { addr: 'a.test', port: 80 },
          { addr: '10.0.0.1', port: 81, loadBalancingWeight: 3, sniAddr: 'b.test' },
        ],
      },
    });
    expect(compiled.findings('Upstream/up')).toEqual([]);
    expect(clusterOf(compiled)).toEqual({
      name: 'up_default',
      endpoints: [
        { host: 'a.test', port: 80, weight: 1 },
        { host: '10.0.0.1', port: 81, weight: 3, sni: 'b.test', hostname: '10.0.0.1' },
      ],
      connectTimeoutMs: 5000,
      maxConnections: 1024,
    });
  });

  it('may be missing, with a Warning', async () => {
    const compiled = await compileUpstream({ static: {} });
    expect(compiled.findings('Upstream/up')).toEqual(['warning InvalidUpstream spec.static.hosts']);
    expect(clusterOf(compiled).endpoints).toEqual([]);
  });

  it.each([
    [hosts('a.test', '127.0.0.1'), 'ForbiddenAddress spec.static.hosts[1].addr'],
    [hosts('a b'), 'InvalidUpstream spec.static.hosts[0].addr'],
    [
      { static: { hosts: [{ addr: 'a', port: 1, sniAddr: 'a b' }] } },
      'InvalidUpstream spec.static.hosts[0].sniAddr',
    ],
  ])('are refused where they cannot or may not be connected to: case %#', async (spec, finding) => {
    const compiled = await compileUpstream(spec);
    expect(compiled.findings('Upstream/up')).toEqual([`error ${finding}`]);
    expect(compiled.table.clusters).toEqual({});
  });

  it('may be on this machine where that is allowed', async () => {
    const compiled = await compileUpstream(hosts('127.0.0.1'), '', { allowLocalUpstreams: 'on' });
    expect(clusterOf(compiled).endpoints).toHaveLength(1);
  });
});

describe('limits', () => {
  it.each([
    [{ connectionConfig: { connectTimeout: '2s' } }, { connectTimeoutMs: 2000 }],
    [{ connectionConfig: { connectTimeout: '0s' } }, { connectTimeoutMs: 5000 }],
    [{ connectionConfig: { connectTimeout: '10000h' } }, { connectTimeoutMs: 3_600_000 }],
    [{ circuitBreakers: { maxConnections: 7 } }, { maxConnections: 7 }],
  ])('%j', async (fields, expected) => {
    expect(clusterOf(await compileUpstream({ ...hosts('a'), ...fields }))).toMatchObject(expected);
  });
});

describe('TLS to static hosts', () => {
  const on443 = { static: { hosts: [{ addr: 'a.test', port: 443 }] } };
  const useTls = { static: { hosts: [{ addr: 'a.test', port: 8443 }], useTls: true } };
  const off = { static: { hosts: [{ addr: 'a.test', port: 443 }], useTls: false } };
  const withCa = { sslConfig: { secretRef: { name: 'ca' } } };

  it.each([
    ['a port 443 turns it on, unverified as in Gloo', on443, '', { verify: false }],
    ['useTls', useTls, '', { verify: false }],
    ['useTls: false', off, '', undefined],
    ['sslConfig', { ...hosts('a'), sslConfig: { sni: 'b' } }, '', { sni: 'b', verify: false }],
    ['a CA', { ...on443, ...withCa }, secret({ 'ca.crt': ca }), { verify: true, ca }],
  ])('%s', async (_title, spec, more, tls) => {
    const compiled = await compileUpstream(spec, more);
    expect(clusterOf(compiled).tls).toEqual(tls);
    expect(compiled.findings('Upstream/up')).toEqual(
      tls?.verify === false ? ['warning InsecureUpstream spec.sslConfig'] : [],
    );
  });

  it.each([
    ['a Secret that is away', withCa, '', 'warning SecretNotFound spec.sslConfig.secretRef'],
    [
      'a Secret without ca.crt',
      withCa,
      secret({}),
      'warning SecretNotFound spec.sslConfig.secretRef',
    ],
    ['files', { sslConfig: { sslFiles: {} } }, '', 'warning Unsupported spec.sslConfig.sslFiles'],
    [
      'a discovery service',
      { sslConfig: { sds: {} } },
      '',
      'warning Unsupported spec.sslConfig.sds',
    ],
  ])(
    'checks certificates where that was asked for in a way that cannot be had: %s',
    async (_title, fields, more, finding) => {
      const compiled = await compileUpstream({ ...on443, ...fields }, more);
      expect(clusterOf(compiled).tls).toEqual({ verify: true });
      expect(compiled.findings('Upstream/up')).toEqual([finding]);
    },
  );

  it.each([
    [{ ...on443, ...withCa }, 'InvalidUpstream spec.sslConfig.secretRef'],
    [
      { ...on443, sslConfig: { sni: 'a b', secretRef: { name: 'gone' } } },
      'InvalidUpstream spec.sslConfig.sni',
    ],
    [
      { ...on443, sslConfig: { secretRef: { name: 'ca', namespace: 'team' } } },
      'RefNotPermitted spec.sslConfig.secretRef',
    ],
  ])('is refused with %j', async (spec, finding) => {
    const compiled = await compileUpstream(spec, secret({ 'ca.crt': 'nonsense' }));
    expect(compiled.findings('Upstream/up')).toContain(`error ${finding}`);
    expect(compiled.table.clusters).toEqual({});
  });
});

describe('kinds that are not served yet', () => {
  it.each(['aws', 'azure', 'awsEc2', 'gcp', 'consul', 'pipe'])(
    '%s has no endpoints',
    async (kind) => {
      const compiled = await compileUpstream({ [kind]: {} });
      expect(clusterOf(compiled).endpoints).toEqual([]);
      expect(compiled.findings('Upstream/up')).toEqual([`warning Unsupported spec.${kind}`]);
    },
  );

  it('neither has another model provider', async () => {
    const compiled = await compileUpstream({ ai: { anthropic: {} } });
    expect(clusterOf(compiled)).not.toHaveProperty('llm');
    expect(clusterOf(compiled).endpoints).toEqual([]);
  });
});
