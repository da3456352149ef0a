import { describe, expect, it } from '@jest/globals';
import { guardedRoute, withoutAuth } from '../../../src/compile/guarded-route.ts';
import { closed } from '../../../src/compile/closed.ts';
import { defaultSettings } from '../../../src/compile/compiled-settings.ts';
import { createFindings } from '../../../src/compile/findings.ts';
import type { RoutesScope } from '../../../src/compile/routes.ts';
import type { Route } from '../../../src/ir/table.ts';

const route: Route = {
  name: 'r',
  matchers: [],
  rbac: { policies: [] },
  action: { kind: 'direct', status: 200, body: '' },
};
const at = { ref: { kind: 'RouteTable', namespace: 'n', name: 't' }, via: 'spec.routes[0]' };
const note = { reason: 'InvalidRoute', path: 'spec.routes[3]', what: 'wrong' } as const;

function guard(errors: readonly object[], replaceInvalidRoutes = false) {
  const findings = createFindings();
  const settings = { ...defaultSettings, replaceInvalidRoutes };
  const scope = { context: { settings }, findings } as unknown as RoutesScope;
  const made = guardedRoute(scope, (own) => {
    for (const error of errors) own.findings.error({ ...note, ...error });
    return route;
  });
  return { made, severities: findings.list.map(({ severity }) => severity) };
}

describe('a route with an error', () => {
  it.each([
    ['none', [], false, [], 'direct'],
    ['of its own', [{}], false, ['error'], 'closed'],
    ['of another resource', [{ at }], false, ['warning'], 'closed'],
    ['of both', [{ at }, {}], false, ['warning', 'error'], 'closed'],
    ['that is replaced', [{}], true, ['warning'], 'closed'],
  ])('%s', (_title, errors, replace, severities, kind) => {
    const { made, severities: found } = guard(errors, replace);
    expect(found).toEqual(severities);
    expect(made.action.kind).toBe(kind);
  });

  it('says in the log where it is', () => {
    const { action } = guard([{ at }]).made;
    expect(action).toMatchObject({
      status: 500,
      detail: 'on sub route table n.t: spec.routes[3]: wrong',
    });
  });

  it('has nothing of its auth left to load', () => {
    expect(withoutAuth(route, closed('x'))).toEqual({
      name: 'r',
      matchers: [],
      action: closed('x'),
    });
  });
});
