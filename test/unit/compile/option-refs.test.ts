import { describe, expect, it } from '@jest/globals';
import { compileYaml, echo, localProvider, toEcho, withSpec } from '../../support/resources.ts';

const host = (refs: readonly object[], routeRefs: readonly object[] = []) =>
  withSpec('VirtualService', 'web', {
    virtualHost: {
      optionsConfigRefs: { delegateOptions: refs },
      routes: [{ ...toEcho, optionsConfigRefs: { delegateOptions: routeRefs } }],
    },
  });
const jwt = { providers: { kc: localProvider } };

describe('options of other resources', () => {
  it('are found in the namespace of who refers to them, or where that says', async () => {
    const compiled = await compileYaml(
      echo +
        host([{ name: 'h' }], [{ name: 'r', namespace: 'team' }]) +
        withSpec('VirtualHostOption', 'h', { options: { jwt } }) +
        withSpec('RouteOption', 'team/r', { options: { timeout: '3s' } }),
    );
    expect(compiled.outcome('VirtualService/web').state).toBe('Accepted');
    expect(compiled.route('web')).toMatchObject({
      jwt: { afterExtAuth: { providers: ['kc'] } },
      action: { kind: 'forward', timeoutMs: 3000 },
    });
  });

  it('of the wrong kind, missing or rejected keep the route closed', async () => {
    const broken = withSpec('RouteOption', 'b', { options: { rbac: { policies: { p: {} } } } });
    for (const name of ['h', 'gone', 'b']) {
      const compiled = await compileYaml(
        echo + host([], [{ name }]) + broken + withSpec('VirtualHostOption', 'h', { options: {} }),
      );
      expect(compiled.outcome('VirtualService/web').state).toBe('Warning');
      expect(compiled.route('web').action).toMatchObject({ kind: 'closed', status: 500 });
    }
  });

  it('have their references in their own namespace', async () => {
    const remote = { url: 'https://a.test/jwks', upstreamRef: { name: 'echo' } };
    const staged = { afterExtAuth: { providers: { kc: { jwks: { remote } } } } };
    const compiled = await compileYaml(
      echo +
        host([], [{ name: 'r', namespace: 'team' }]) +
        withSpec('RouteOption', 'team/r', { options: { jwtProvidersStaged: staged } }),
    );
    expect(compiled.messages('VirtualService/web')).toContain('on route option team.r: ');
    expect(compiled.messages('VirtualService/web')).toContain('no Upstream team.echo');
    expect(compiled.messages('RouteOption/team/r')).toContain('no Upstream team.echo');
  });
});
