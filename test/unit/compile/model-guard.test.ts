import { describe, expect, it } from '@jest/globals';
import { compileYaml, echo, localProvider, toEcho, withSpec } from '../../support/resources.ts';

const server = withSpec('Upstream', 'r1', {
  ai: { openai: { customHost: { host: 'r1.test', port: 8000 } } },
});
const toModel = { routeAction: { single: { upstream: { name: 'r1' } } } };
const toBoth = {
  routeAction: {
    multi: {
      destinations: ['r1', 'echo'].map((name) => ({
        destination: { upstream: { name } },
        weight: 1,
      })),
    },
  },
};
const principals = [{ jwtPrincipal: { claims: { a: 'b' } } }];
const rbac = { policies: { p: { principals, permissions: { models: ['m'] } } } };
const jwt = { providers: { kc: localProvider } };
const at = 'spec.virtualHost.routes[0].options';

interface Story {
  readonly to: object;
  readonly options?: object;
  readonly host?: object;
}

const compiled = ({ to, options = {}, host = { jwt } }: Story) =>
  compileYaml(
    echo +
      server +
      withSpec('VirtualService', 'web', {
        virtualHost: { options: host, routes: [{ ...to, options }] },
      }),
  );

const closing = `warning InvalidRoute ${at}.ai.models`;
const claim = { ai: { models: { allowedClaim: 'llms' } } };

describe('a route that asks for models', () => {
  it.each<[string, Story, readonly string[], string]>([
    ['leads to a model server', { to: toModel, options: claim }, [], 'forward'],
    ['leads elsewhere', { to: toEcho, options: claim }, [closing], 'closed'],
    ['leads to both', { to: toBoth, options: claim }, [closing], 'closed'],
    [
      'has only names for elsewhere',
      { to: toEcho, options: { ai: { models: { default: 'm' } } } },
      [closing],
      'closed',
    ],
    [
      'verifies no token',
      { to: toModel, options: claim, host: {} },
      [`warning InvalidRoute ${at}.ai.models.allowedClaim`],
      'forward',
    ],
    ['has policies for them', { to: toModel, options: { rbac } }, [], 'forward'],
    [
      'has policies for them and leads elsewhere',
      { to: toEcho, options: { rbac } },
      [`warning InvalidRbac ${at}.rbac.policies`],
      'forward',
    ],
    ['has those of its virtual host', { to: toEcho, host: { jwt, rbac } }, [], 'forward'],
  ])('%s', async (_title, story, findings, kind) => {
    const result = await compiled(story);
    expect(result.findings('VirtualService/web')).toEqual(findings);
    expect(result.route('web').action.kind).toBe(kind);
  });

  it('answers itself, which needs no model', async () => {
    const direct = { directResponseAction: { status: 200, body: 'x' } };
    const result = await compiled({ to: direct, options: claim });
    expect(result.route('web').action.kind).toBe('direct');
  });

  it('leads to a Service, which may be anything', async () => {
    const kube = { ref: { name: 's', namespace: 'default' }, port: 80 };
    const result = await compiled({ to: { routeAction: { single: { kube } } }, options: claim });
    expect(result.findings('VirtualService/web')).toContain(closing);
    expect(result.route('web').action.kind).toBe('closed');
  });
});
