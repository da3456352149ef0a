import { describe, expect, it } from '@jest/globals';
import { type CompileContext } from '../../../src/compile/context.ts';
import { createCompileState } from '../../../src/compile/compile-state.ts';
import { defaultSettings } from '../../../src/compile/compiled-settings.ts';
import { settingsPass } from '../../../src/compile/settings.ts';
import {
  compileYaml,
  echo,
  localProvider,
  resourcesOf,
  toEcho,
  withSpec,
} from '../../support/resources.ts';

function contextOf(text: string): CompileContext {
  const context = createCompileState(
    resourcesOf(text),
    { importKeys: async () => ({ keys: [], findings: [] }), checkRegex: () => undefined },
    { httpPort: undefined, httpsPort: undefined, allowLocalUpstreams: 'off', lastGood: new Map() },
  );
  settingsPass(context);
  return context;
}

const settings = (name: string, spec: object, creationTimestamp?: string) =>
  withSpec('Settings', name, spec, creationTimestamp === undefined ? {} : { creationTimestamp });
const policy = (invalidConfigPolicy: object) => ({ gloo: { invalidConfigPolicy } });

describe('settingsPass', () => {
  it('works with the defaults of Gloo where there are none', () => {
    expect(contextOf('').settings).toEqual(defaultSettings);
    expect(contextOf(settings('default', {})).settings).toEqual(defaultSettings);
  });

  it.each([
    [{ rbac: { requireRbac: true } }, { requireRbac: true }],
    [{ gloo: { regexMaxProgramSize: 10 } }, { regexMaxLength: 10 }],
    [{ gloo: { regexMaxProgramSize: 0 } }, { regexMaxLength: 1024 }],
    [
      policy({ replaceInvalidRoutes: true }),
      { replaceInvalidRoutes: true, invalidRouteStatus: 404 },
    ],
    [
      policy({ invalidRouteResponseCode: 500, invalidRouteResponseBody: 'x' }),
      { replaceInvalidRoutes: false, invalidRouteStatus: 500, invalidRouteBody: 'x' },
    ],
    [{ seekgate: { allowWeakKeys: true } }, { allowWeakKeys: true }],
    [{ seekgate: { pathMatching: 'strict' } }, { strictRoutePaths: true, strictPolicyPaths: true }],
    [
      { seekgate: { pathMatching: 'textual' } },
      { strictRoutePaths: false, strictPolicyPaths: false },
    ],
    [{ seekgate: { errorDetail: 'generic' } }, { errorDetail: 'generic' }],
    [{ seekgate: { sharedNamespaces: ['a'] } }, { sharedUpstreams: ['a'], sharedSecrets: ['a'] }],
    [
      { seekgate: { defaultUpstream: { name: 'a' } } },
      { defaultUpstream: { name: 'a', namespace: 'default' } },
    ],
    [
      { seekgate: { defaultUpstream: { name: 'a', namespace: 'b' } } },
      { defaultUpstream: { name: 'a', namespace: 'b' } },
    ],
  ])('reads %j', (spec, expected) => {
    expect(contextOf(settings('default', spec)).settings).toMatchObject(expected);
  });
});

describe('several Settings', () => {
  const on = { rbac: { requireRbac: true } };
  const old = '2026-01-01T00:00:00Z';
  const young = '2026-02-01T00:00:00Z';

  it.each([
    ['the one called default', settings('a', {}) + settings('default', on), 'Settings/a'],
    [
      'of two of that name the oldest, so that nobody takes an installation over by adding one',
      settings('a/default', {}, young) + settings('b/default', on, old),
      'Settings/a/default',
    ],
    ['else the oldest', settings('a', {}, young) + settings('b', on, old), 'Settings/a'],
  ])('in force is %s', async (_title, text, idle) => {
    const compiled = await compileYaml(text);
    expect(compiled.findings(idle)).toEqual(['warning DuplicateResource metadata.name']);
    expect(contextOf(text).settings.requireRbac).toBe(true);
  });
});

describe('Settings that cannot be read', () => {
  const web = echo + withSpec('VirtualService', 'web', { virtualHost: { routes: [toEcho] } });
  const broken = settings('default', { rbac: { requireRbac: 'maybe' } });

  it('may have asked for policies everywhere: so nothing is open without', async () => {
    const compiled = await compileYaml(web + broken);
    expect(compiled.route('web').rbac).toEqual({ policies: [] });
    expect(compiled.outcome('Settings/default').state).toBe('Rejected');
    expect(compiled.messages('Settings/default')).toContain('refuse everybody');
  });

  it('may have asked for policies by segments, but are not taken to narrow routes', async () => {
    const policy = {
      principals: [{ jwtPrincipal: { claims: { a: 'b' } } }],
      permissions: { pathPrefix: '/a' },
    };
    const options = {
      jwt: { providers: { kc: localProvider } },
      rbac: { policies: { a: policy } },
    };
    const routes = [{ ...toEcho, matchers: [{ prefix: '/b' }] }];
    const guarded = withSpec('VirtualService', 'web', { virtualHost: { options, routes } });
    const { rbac, matchers } = (await compileYaml(echo + guarded + broken)).route('web');
    expect(rbac?.policies[0]).toMatchObject({ pathPrefix: '/a', bySegment: true });
    expect(matchers[0]?.path).toEqual({ kind: 'prefix', value: '/b', caseSensitive: true });
  });

  it('leave the last good version in force', async () => {
    const good = await compileYaml(web + settings('default', { rbac: { requireRbac: false } }));
    const compiled = await compileYaml(web + broken, { lastGood: good.accepted });
    expect(compiled.route('web').rbac).toBeUndefined();
    expect(compiled.outcome('Settings/default')).toMatchObject({
      state: 'Rejected',
      servingLastGood: true,
    });
  });
});
