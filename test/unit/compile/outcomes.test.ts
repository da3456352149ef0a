import { describe, expect, it } from '@jest/globals';
import { compileYaml, echo, toEcho, withSpec } from '../../support/resources.ts';

const host = (name: string, routes: readonly object[], metadata: object = {}) =>
  withSpec('VirtualService', name, { virtualHost: { domains: [name], routes } }, metadata);
const gone = { routeAction: { single: { upstream: { name: 'gone' } } } };
const invalid = { ...toEcho, matchers: [{}] };

describe('outcomesOf', () => {
  it('has one for every resource of ours, by kind, namespace and name', async () => {
    const compiled = await compileYaml(
      echo +
        host('b', [toEcho]) +
        host('a', [toEcho]) +
        withSpec('RouteTable', 'r', { routes: [] }) +
        withSpec('Service', 's', {}),
    );
    expect(compiled.outcomes.map(({ ref }) => `${ref.kind}/${ref.name}`)).toEqual([
      'VirtualService/a',
      'VirtualService/b',
      'RouteTable/r',
      'Upstream/echo',
    ]);
  });

  it('says of which version and from where', async () => {
    const compiled = await compileYaml(echo + host('web', [toEcho], { generation: 7 }));
    expect(compiled.outcome('VirtualService/web')).toMatchObject({
      observedGeneration: 7,
      origin: expect.stringMatching(/^in\.yaml:\d+$/),
    });
    expect(compiled.outcome('Upstream/echo')).not.toHaveProperty('observedGeneration');
  });
});

describe('findings', () => {
  it('are at most so many, errors before warnings, and say how many more there are', async () => {
    const routes = [...Array.from({ length: 600 }, () => gone), invalid];
    const unselected =
      withSpec('Gateway', 'g', {
        bindPort: 8080,
        httpGateway: { virtualServiceSelector: { a: 'b' } },
      }) + host('web', routes);
    const compiled = await compileYaml(echo + unselected);
    const { state, findings } = compiled.outcome('VirtualService/web');
    expect(state).toBe('Rejected');
    expect(findings).toHaveLength(500);
    expect(findings.slice(0, 3).map(({ reason }) => reason)).toEqual([
      'ReferenceNotFound',
      'InvalidRoute',
      'UpstreamNotFound',
    ]);
    expect(findings.at(-1)?.message).toMatch(/^requests get 503: .*; and 102 more$/);
  });

  it('are all there while they are not too many', async () => {
    const routes = [...Array.from({ length: 498 }, () => gone), invalid];
    const { findings } = (await compileYaml(echo + host('web', [...routes, gone]))).outcome(
      'VirtualService/web',
    );
    expect(findings).toHaveLength(500);
    expect(findings.filter(({ message }) => message.includes('more'))).toEqual([]);
  });
});

describe('state and reason in the words of Gloo', () => {
  it.each([
    ['Accepted', [toEcho], ''],
    [
      'Warning',
      [gone, { ...toEcho, options: { waf: { disabled: true } } }],
      /^warning: \n  spec\.virtualHost\.routes\[1\]\.options\.waf: .*\n  Route Warning: .* not found$/,
    ],
    ['Rejected', [invalid], '1 error occurred:\n\t* no path specifier provided\n\n'],
    [
      'Rejected',
      [gone, invalid, { ...toEcho, matchers: [{ prefix: 'x' }] }],
      /^2 errors occurred:\n\t\* no path specifier provided\n\t\* spec\.virtualHost\.routes\[2\]\.matchers\[0\]\.prefix: .*\n\n$/,
    ],
  ])('%s', async (state, routes, reason) => {
    const outcome = (await compileYaml(echo + host('web', routes))).outcome('VirtualService/web');
    expect(outcome.state).toBe(state);
    if (typeof reason === 'string') expect(outcome.reason).toBe(reason);
    else expect(outcome.reason).toMatch(reason);
  });
});

describe('conditions', () => {
  it.each([
    ['in order', [toEcho], ['True', 'Accepted'], ['True', 'ResolvedRefs']],
    ['a reference that is missing', [gone], ['True', 'Accepted'], ['False', 'UpstreamNotFound']],
    ['an error', [invalid], ['False', 'InvalidRoute'], ['True', 'ResolvedRefs']],
    ['both', [gone, invalid], ['False', 'InvalidRoute'], ['False', 'UpstreamNotFound']],
  ])('%s', async (_title, routes, accepted, resolved) => {
    const outcome = (await compileYaml(echo + host('web', routes))).outcome('VirtualService/web');
    expect(outcome.conditions.map(({ type, status, reason }) => [type, status, reason])).toEqual([
      ['Accepted', ...accepted],
      ['ResolvedRefs', ...resolved],
    ]);
  });

  it('say path, found and accepted', async () => {
    const outcome = (await compileYaml(host('web', [gone]))).outcome('VirtualService/web');
    expect(outcome.conditions[1]?.message).toBe(
      'spec.virtualHost.routes[0].routeAction.single.upstream: requests get 503: found no Upstream "default.gone", accepted the name of an Upstream',
    );
  });

  it('stay readable, and within what the API server takes', async () => {
    const routes = Array.from({ length: 500 }, () => invalid);
    const outcome = (await compileYaml(echo + host('web', routes))).outcome('VirtualService/web');
    const message = outcome.conditions[0]?.message ?? '';
    expect(message.length).toBeLessThan(8300);
    expect(message).toMatch(/; and \d+ more$/);
    expect(outcome.findings).toHaveLength(500);
  });
});
