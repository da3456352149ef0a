import { describe, expect, it } from '@jest/globals';
import { createCompileMemory, endCompile } from '../../../src/compile/compile-memory.ts';
import type { CompileOptions } from '../../../src/compile/compile.ts';
import { createCompileState } from '../../../src/compile/compile-state.ts';
import { coreKindsPass } from '../../../src/compile/core-kinds.ts';
import { serviceTarget, type ServiceTarget } from '../../../src/compile/service-target.ts';
import type { Snapshot } from '../../../src/store/store.ts';
import { manifest, resourcesOf } from '../../support/resources.ts';

const memory = createCompileMemory();
const tools = { importKeys: async () => ({ keys: [], findings: [] }), checkRegex: () => undefined };

function targetOf(resources: Snapshot, options: Partial<CompileOptions> = {}): ServiceTarget {
  const state = createCompileState(resources, tools, {
    httpPort: undefined,
    httpsPort: undefined,
    allowLocalUpstreams: 'off',
    lastGood: new Map(),
    memory,
    ...options,
  });
  coreKindsPass(state);
  const target = serviceTarget({ namespace: 'default', name: 'svc', port: 80 }, state);
  endCompile(memory);
  return target;
}

const service = (spec: object) => manifest('Service', 'svc', { spec });
const slice = (address: string) =>
  manifest(
    'EndpointSlice',
    'e',
    { addressType: 'IPv4', endpoints: [{ addresses: [address] }], ports: [{ port: 8080 }] },
    { labels: { 'kubernetes.io/service-name': 'svc' } },
  );
const external = (externalName: string) => service({ type: 'ExternalName', externalName });
const endpointsOf = ({ cluster }: ServiceTarget) =>
  cluster.endpoints.map(({ host, port }) => `${host}:${port}`);

describe('serviceTarget', () => {
  it('is the same object while the Service and its slices are', () => {
    const resources = resourcesOf(service({ ports: [{ port: 80 }] }) + slice('10.0.0.1'));
    const first = targetOf(resources);
    expect(endpointsOf(first)).toEqual(['10.0.0.1:8080']);
    expect(targetOf(resources)).toBe(first);
    const changed = targetOf(resourcesOf(service({ ports: [{ port: 80 }] }) + slice('10.0.0.2')));
    expect(endpointsOf(changed)).toEqual(['10.0.0.2:8080']);
  });

  const ports = service({ ports: [{ port: 80 }] });

  it.each([
    ['Service', '', 'KindForbidden', 'no Service "default.svc" that the gateway may read'],
    ['EndpointSlice', ports, 'KindForbidden', 'no endpoint slice of default.svc that the gateway'],
    ['Secret', ports, 'NoEndpoints', 'no ready endpoint'],
    ['Secret', '', 'ServiceNotFound', 'no Service "default.svc"'],
    ['Service', ports + slice('10.0.0.1'), undefined, ''],
    ['EndpointSlice', ports + slice('10.0.0.1'), undefined, ''],
  ])('without the right to a %s says so where it is missed', (kind, text, reason, found) => {
    const resources = resourcesOf(text);
    const withheld = new Set([`${kind}/default/svc`]);
    const [before, during, after] = [
      targetOf(resources),
      targetOf({ ...resources, withheld }),
      targetOf(resources),
    ];
    const fault = JSON.parse(during.fault ?? '{}') as { reason?: string; found?: string };
    expect(fault.reason).toBe(reason);
    expect(fault.found ?? '').toContain(found);
    expect(after).toEqual(before);
  });

  it.each([
    ['model.test', undefined, [], 'ForbiddenAddress'],
    ['model.test', false, [], 'ForbiddenAddress'],
    ['model.test', true, ['model.test:80'], undefined],
    ['localhost', true, [], 'ForbiddenAddress'],
    ['169.254.169.254', true, [], 'ForbiddenAddress'],
    ['a/b', true, [], 'InvalidUpstream'],
    ['', true, [], 'InvalidUpstream'],
  ])('an ExternalName of %j, allowed: %s', (name, allowed, endpoints, reason) => {
    const options = allowed === undefined ? {} : { allowExternalName: allowed };
    const target = targetOf(resourcesOf(external(name)), options);
    expect(endpointsOf(target)).toEqual(endpoints);
    expect(target.fault && JSON.parse(target.fault).reason).toBe(reason);
  });
});
