import { describe, expect, it } from '@jest/globals';
import type { LocalAddresses } from '../../../src/base/local-addresses.ts';
import { compileYaml, manifest, withSpec, type Compiled } from '../../support/resources.ts';

const service = (fields: object = {}) =>
  withSpec('Service', 'api', {
    ports: [
      { name: 'http', port: 80, targetPort: 8080 },
      { name: 'admin', port: 81, targetPort: 'admin' },
    ],
    ...fields,
  });

function slice(name: string, addresses: readonly string[], fields: object = {}): string {
  const endpoints = addresses.map((address) => ({ addresses: [address, '10.9.9.9'] }));
  const ports = [{ name: 'http', port: 8080 }];
  const labels = { 'kubernetes.io/service-name': 'api' };
  return manifest(
    'EndpointSlice',
    name,
    { addressType: 'IPv4', endpoints, ports, ...fields },
    { labels },
  );
}

async function compileKube(
  more: string,
  servicePort = 80,
  allowLocalUpstreams: LocalAddresses = 'off',
) {
  const spec = { kube: { serviceName: 'api', servicePort } };
  return compileYaml(withSpec('Upstream', 'up', spec) + more, { allowLocalUpstreams });
}

const endpointsOf = (compiled: Compiled) =>
  compiled.table.clusters['up_default']?.endpoints.map(({ host, port }) => `${host}:${port}`);

describe('serviceEndpoints', () => {
  it('are those of every slice of the Service, each once', async () => {
    const compiled = await compileKube(
      service() + slice('a', ['10.0.0.1', '10.0.0.2']) + slice('b', ['10.0.0.2', '10.0.0.3']),
    );
    expect(compiled.findings('Upstream/up')).toEqual([]);
    expect(endpointsOf(compiled)).toEqual(['10.0.0.1:8080', '10.0.0.2:8080', '10.0.0.3:8080']);
  });

  it('are ready, or of unknown state', async () => {
    const endpoints = [
      { addresses: ['10.0.0.1'], conditions: { ready: true } },
      { addresses: ['10.0.0.2'], conditions: { ready: false } },
      { addresses: ['10.0.0.3'], conditions: { ready: null } },
      { addresses: ['10.0.0.4'], conditions: {} },
      { addresses: [] },
    ];
    const compiled = await compileKube(service() + slice('a', [], { endpoints }));
    expect(endpointsOf(compiled)).toEqual(['10.0.0.1:8080', '10.0.0.3:8080', '10.0.0.4:8080']);
  });

  it('are found by the name of the port, also where it has none', async () => {
    const ports = [{ port: 80 }];
    const nameless = slice('a', ['10.0.0.1'], { ports: [{ port: 9090 }] });
    expect(endpointsOf(await compileKube(service({ ports }) + nameless))).toEqual([
      '10.0.0.1:9090',
    ]);
  });

  it.each([
    ['no Service', slice('a', ['10.0.0.1']), 80, 'ServiceNotFound'],
    ['no such port', service() + slice('a', ['10.0.0.1']), 82, 'ServiceNotFound'],
    ['no slice', service(), 80, 'NoEndpoints'],
    ['no slice with that port', service() + slice('a', ['10.0.0.1']), 81, 'NoEndpoints'],
    ['only names', service() + slice('a', ['a.test'], { addressType: 'FQDN' }), 80, 'NoEndpoints'],
    [
      'an ExternalName',
      service({ type: 'ExternalName', externalName: 'a.test' }),
      80,
      'ForbiddenAddress',
    ],
    ['only local addresses', service() + slice('a', ['127.0.0.1']), 80, 'ForbiddenAddress'],
  ])('may be missing, which is a Warning: %s', async (_title, more, port, reason) => {
    const compiled = await compileKube(more, port);
    expect(compiled.findings('Upstream/up')).toEqual([`warning ${reason} spec.kube`]);
    expect(compiled.outcome('Upstream/up').conditions[1]).toMatchObject({
      status: 'False',
      reason,
    });
    expect(endpointsOf(compiled)).toEqual([]);
  });

  it('leave out addresses of this machine, unless they are allowed', async () => {
    const slices = slice('a', ['169.254.169.254', '10.0.0.1']);
    expect(endpointsOf(await compileKube(service() + slices))).toEqual(['10.0.0.1:8080']);
    expect(endpointsOf(await compileKube(service() + slices, 80, 'on'))).toHaveLength(2);
  });
});

describe('serviceCluster', () => {
  const route = (port: number, namespace?: string) => ({
    routeAction: {
      single: {
        kube: { ref: { name: 'api', ...(namespace === undefined ? {} : { namespace }) }, port },
      },
    },
  });
  const host = (name: string, ...routes: object[]) =>
    withSpec('VirtualService', name, { virtualHost: { domains: [name], routes } });

  it('is made once for all routes that name the Service', async () => {
    const compiled = await compileYaml(
      service() + slice('a', ['10.0.0.1']) + host('web', route(80), route(80, 'default')),
    );
    expect(Object.keys(compiled.table.clusters)).toEqual(['kube-svc:default-api-80_default']);
    expect(compiled.outcome('VirtualService/web').state).toBe('Accepted');
  });

  it('tells everybody who names it of its faults', async () => {
    const compiled = await compileYaml(host('a', route(80)) + host('b', route(80)));
    const finding = ['warning ServiceNotFound spec.virtualHost.routes[0].routeAction.single.kube'];
    expect(compiled.findings('VirtualService/a')).toEqual(finding);
    expect(compiled.findings('VirtualService/b')).toEqual(finding);
  });

  it('is not in the table for a resource that was rejected', async () => {
    const compiled = await compileYaml(
      service() +
        slice('a', ['10.0.0.1']) +
        host('web', route(80), { ...route(80), matchers: [{}] }),
    );
    expect(compiled.outcome('VirtualService/web').state).toBe('Rejected');
    expect(compiled.table.clusters).toEqual({});
  });
});
