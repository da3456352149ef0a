import { describe, expect, it } from '@jest/globals';
import { compileYaml, echo, toEcho, withSpec } from '../../support/resources.ts';

const replace = withSpec('Settings', 'default', {
  gloo: { invalidConfigPolicy: { replaceInvalidRoutes: true, invalidRouteResponseCode: 418 } },
});
const to = (name: string, prefix = '/') => ({
  matchers: [{ prefix }],
  delegateAction: { ref: { name } },
});
const host = (...routes: object[]) =>
  withSpec('VirtualService', 'web', { virtualHost: { routes } });
const table = (name: string, ...routes: object[]) => withSpec('RouteTable', name, { routes });
const bad = { matchers: [{ prefix: '/bad' }], routeAction: { multi: { destinations: [] } } };
const badOptions = { rbac: { policies: { p: {} } } };

describe('delegation', () => {
  it('puts the routes of the table in the place of the one that leads to it, with names that say so', async () => {
    const routes = [{ name: 'x', ...toEcho }, toEcho];
    const compiled = await compileYaml(echo + host(toEcho, to('t')) + table('t', ...routes));
    expect(compiled.host('web').routes.map(({ name }) => name)).toEqual([
      'unnamed-0',
      'unnamed-1_rt:default_t_route:x',
      'unnamed-1_rt:default_t_route:unnamed-1',
    ]);
  });

  it('keeps the last good version of a table', async () => {
    const first = await compileYaml(echo + host(to('t')) + table('t', toEcho));
    const edited = echo + host(to('t')) + table('t', toEcho, bad);
    const second = await compileYaml(edited, { lastGood: first.accepted });
    expect(second.table).toEqual(first.table);
    expect(second.outcome('VirtualService/web').state).toBe('Accepted');
    expect(second.outcome('RouteTable/t')).toMatchObject({
      state: 'Rejected',
      servingLastGood: true,
    });
  });

  it('with replaceInvalidRoutes costs a table only its bad routes', async () => {
    const compiled = await compileYaml(echo + host(to('t')) + table('t', bad, toEcho) + replace);
    expect(compiled.outcome('RouteTable/t').state).toBe('Warning');
    expect(compiled.host('web').routes).toMatchObject([
      { action: { kind: 'closed', status: 418 } },
      { action: { kind: 'forward' } },
    ]);
    expect(compiled.outcome('VirtualService/web').reason).toContain(
      'on sub route table default.t: ',
    );
  });

  it('makes an error of what the delegating route itself asks for', async () => {
    const compiled = await compileYaml(
      echo + host({ ...to('t'), options: badOptions }) + table('t', toEcho),
    );
    expect(compiled.outcome('VirtualService/web').state).toBe('Rejected');
    expect(compiled.outcome('RouteTable/t').state).toBe('Accepted');
  });

  it('does not let tables multiply their routes without end', async () => {
    const names = Array.from({ length: 30 }, (_, index) => `t${index}`);
    const tables = names.map((name, index) =>
      table(name, ...[1, 2].map(() => to(`t${index + 1}`))),
    );
    const routes = [to('t0', '/t'), toEcho];
    const bound = tables.map((one) => one.replaceAll('"prefix":"/"', '"prefix":"/t"')).join('');
    const compiled = await compileYaml(echo + host(...routes) + bound + table('t30'));
    expect(compiled.host('web').routes).toMatchObject([
      { matchers: [{ path: { value: '/t' } }], action: { kind: 'closed', status: 500 } },
      { action: { kind: 'forward' } },
    ]);
    expect(compiled.messages('VirtualService/web')).toContain('more than 10000 routes');
  });
});
