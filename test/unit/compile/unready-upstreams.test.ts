import { describe, expect, it } from '@jest/globals';
import type { CompileContext } from '../../../src/compile/context.ts';
import { createFindings } from '../../../src/compile/findings.ts';
import { noteUnready } from '../../../src/compile/unready-upstreams.ts';
import { compileYaml, withSpec } from '../../support/resources.ts';

const team = (name: string) => ({ name, namespace: 'team' });

function note(name: string, namespace: string, users: readonly string[] = []) {
  const findings = createFindings();
  const backendFaults = new Map([['x_team', 'spec: no hosts']]);
  const context = { backendFaults } as unknown as CompileContext;
  const scope = { context, namespace, users, findings };
  const at = { value: { name, namespace: 'team' }, path: 'spec.y' };
  return { noted: noteUnready(at, 'requests get 503', scope), list: findings.list };
}

describe('noteUnready', () => {
  it.each([
    ['team', [], ': spec: no hosts'],
    ['other', [], ', its status says why'],
    ['team', ['team'], ': spec: no hosts'],
    ['team', ['team', 'other'], ', its status says why'],
  ])('says in namespace %s, used by %j: %s', (namespace, users, why) => {
    const message = `requests get 503: Upstream team.x cannot be used${why}`;
    expect(note('x', namespace, users)).toEqual({
      noted: true,
      list: [{ severity: 'warning', reason: 'UpstreamNotReady', path: 'spec.y', message }],
    });
  });

  it('says nothing of one without fault', () => {
    expect(note('y', 'team')).toEqual({ noted: false, list: [] });
  });

  it('says it on whoever leads there by tables and groups, and once on each of them', async () => {
    const routeTo = (action: object) => ({ virtualHost: { routes: [action] } });
    const text =
      withSpec('VirtualService', 'web', routeTo({ delegateAction: { ref: team('t') } })) +
      withSpec('VirtualService', 'team/own', {
        virtualHost: { domains: ['own'], routes: [{ delegateAction: { ref: { name: 't' } } }] },
      }) +
      withSpec('RouteTable', 'team/t', {
        routes: [{ delegateAction: { ref: { name: 'inner' } } }],
      }) +
      withSpec('RouteTable', 'team/inner', {
        routes: [{ routeAction: { upstreamGroup: { name: 'g' } } }],
      }) +
      withSpec('UpstreamGroup', 'team/g', {
        destinations: [{ destination: { upstream: team('x') }, weight: 1 }],
      }) +
      withSpec('Upstream', 'team/x', { static: { hosts: [] } });
    const compiled = await compileYaml(text);
    const said = (ref: string) =>
      compiled
        .outcome(ref)
        .findings.filter(({ reason }) => reason === 'UpstreamNotReady')
        .map(({ path, message }) => `${path}: ${message}`);
    const group =
      'on upstream group team.g: spec.destinations[0].destination.upstream: requests get 503: Upstream team.x cannot be used';
    const cause = 'spec.static.hosts: requests get 503: found no hosts';
    expect(said('VirtualService/web')).toEqual([
      `spec.virtualHost.routes[0]: ${group}, its status says why`,
    ]);
    expect(said('VirtualService/team/own')).toEqual([
      expect.stringContaining(`spec.virtualHost.routes[0]: ${group}: ${cause}`),
    ]);
    expect(said('RouteTable/team/inner')).toEqual([
      expect.stringContaining(`spec.routes[0].routeAction.upstreamGroup: ${group}: ${cause}`),
    ]);
    expect(said('UpstreamGroup/team/g')).toEqual([expect.stringContaining(cause)]);
    expect(compiled.outcome('VirtualService/web').state).toBe('Warning');
  });
});
