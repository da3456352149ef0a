import { describe, expect, it } from '@jest/globals';
import { compileYaml, toEcho, withSpec } from '../../support/resources.ts';

const table = (...routes: object[]) => withSpec('RouteTable', 't', { routes });
const host = (name: string, prefix: string) =>
  withSpec('VirtualService', name, {
    virtualHost: {
      domains: [name],
      routes: [{ matchers: [{ prefix }], delegateAction: { ref: { name: 't' } } }],
    },
  });
const bad = { matchers: [{ regex: '(' }], ...toEcho };

describe('findings on a table', () => {
  it('are warnings while nothing uses it', async () => {
    const alone = await compileYaml(table(bad));
    expect(alone.outcome('RouteTable/t').state).toBe('Warning');
    const used = await compileYaml(table(bad) + host('a', '/'));
    expect(used.outcome('RouteTable/t').state).toBe('Rejected');
  });

  it('that it has by its shape are errors in any case', async () => {
    const compiled = await compileYaml(withSpec('RouteTable', 't', { routes: 1 }));
    expect(compiled.outcome('RouteTable/t').state).toBe('Rejected');
  });

  it('of all its users are told once, those of one user only where they are', async () => {
    const route = { matchers: [{ prefix: '/a' }], ...toEcho };
    const compiled = await compileYaml(
      table(route) + host('a', '/a') + host('b', '/b') + host('c', '/'),
    );
    expect(compiled.findings('RouteTable/t')).toEqual([
      'warning UpstreamNotFound spec.routes[0].routeAction.single.upstream',
      'warning InvalidRoute spec.routes[0].matchers',
    ]);
    expect(compiled.findings('VirtualService/a')).toEqual([
      'warning UpstreamNotFound spec.virtualHost.routes[0]',
    ]);
    expect(compiled.findings('VirtualService/b')).toEqual([
      'warning InvalidRoute spec.virtualHost.routes[0]',
    ]);
  });
});
