import { describe, expect, test } from '@jest/globals';

import type { RbacPolicy } from '../../../src/ir/rbac.ts';
import { prepareRbac } from '../../../src/rbac/authorize.ts';

const policy = (parts: Partial<RbacPolicy> = {}): RbacPolicy => ({
  name: 'viewer',
  principals: [
    { claims: [{ path: ['role'], matcher: 'EXACT_STRING', value: 'viewer' }] },
    { claims: [{ path: ['role'], matcher: 'EXACT_STRING', value: 'admin' }] },
  ],
  pathPrefix: '',
  methods: [],
  ...parts,
});
const viewer = { provider: 'kc', claims: { role: 'viewer', team: 'a' } };
const ask = (parts: object = {}) => ({ subject: viewer, path: '/', method: 'GET', ...parts });

describe('prepareRbac', () => {
  test('names the policy that allows', () => {
    const rbac = prepareRbac({ policies: [policy({ methods: ['POST'] }), policy({ name: 'b' })] });
    expect(rbac.decide(ask())).toEqual({ allowed: true, policy: 'b' });
  });

  test('without policies everybody is refused', () => {
    expect(prepareRbac({ policies: [] }).decide(ask())).toEqual({ allowed: false });
  });

  test('without a verified token no policy allows', () => {
    expect(prepareRbac({ policies: [policy()] }).decide(ask({ subject: undefined }))).toEqual({
      allowed: false,
    });
  });

  test.each([
    ['/api', true],
    ['/api/pets', true],
    ['/api?a=b', true],
    ['/apix', false],
    ['/api%2Fpets', false],
    ['/api;a', false],
    ['/ap', false],
  ])('a prefix by segments: %s is allowed: %s', (path, allowed) => {
    const rbac = prepareRbac({ policies: [policy({ pathPrefix: '/api', bySegment: true })] });
    expect(rbac.decide(ask({ path })).allowed).toBe(allowed);
  });

  test('principals are alternatives', () => {
    const rbac = prepareRbac({ policies: [policy()] });
    expect(rbac.decide(ask({ subject: { provider: 'kc', claims: { role: 'admin' } } }))).toEqual({
      allowed: true,
      policy: 'viewer',
    });
  });

  test('claims of one principal have to match all', () => {
    const claims = ['role', 'team'].map(
      (name) => ({ path: [name], matcher: 'EXACT_STRING', value: 'viewer' }) as const,
    );
    const rbac = prepareRbac({ policies: [policy({ principals: [{ claims }] })] });
    expect(rbac.decide(ask()).allowed).toBe(false);
    const both = { provider: 'kc', claims: { role: 'viewer', team: 'viewer' } };
    expect(rbac.decide(ask({ subject: both })).allowed).toBe(true);
  });

  test('a principal without claims is nobody, a policy without principals is for nobody', () => {
    expect(
      prepareRbac({ policies: [policy({ principals: [{ claims: [] }] })] }).decide(ask()).allowed,
    ).toBe(false);
    expect(prepareRbac({ policies: [policy({ principals: [] })] }).decide(ask()).allowed).toBe(
      false,
    );
  });

  test('a principal bound to a provider does not take the token of another', () => {
    const claims = [{ path: ['role'], matcher: 'EXACT_STRING', value: 'viewer' } as const];
    const rbac = prepareRbac({ policies: [policy({ principals: [{ provider: 'kc', claims }] })] });
    expect(rbac.decide(ask()).allowed).toBe(true);
    expect(rbac.decide(ask({ subject: { ...viewer, provider: 'other' } })).allowed).toBe(false);
  });

  test.each([
    ['/api/pets', true],
    ['/api/petsX', true],
    ['/api/pets/1?x=y', true],
    ['/api/pets%2F..%2Fsecret', true],
    ['/api//pets', false],
    ['/API/pets', false],
    ['/api%2Fpets', false],
    ['/x/api/pets', false],
  ])('the prefix /api/pets is textual: %s is %s', (path, allowed) => {
    const rbac = prepareRbac({ policies: [policy({ pathPrefix: '/api/pets' })] });
    expect(rbac.decide(ask({ path })).allowed).toBe(allowed);
  });

  test.each([
    ['GET', true],
    ['POST', true],
    ['HEAD', false],
    ['get', false],
  ])('methods are exact: %s is %s', (method, allowed) => {
    const rbac = prepareRbac({ policies: [policy({ methods: ['GET', 'POST'] })] });
    expect(rbac.decide(ask({ method })).allowed).toBe(allowed);
  });

  test('explains for each policy what kept it from allowing', () => {
    const bound = { provider: 'ad', claims: policy().principals[1]!.claims };
    const rbac = prepareRbac({
      policies: [
        policy({ name: 'a', methods: ['PUT', 'POST'], pathPrefix: '/api/', principals: [bound] }),
        policy({ name: 'b' }),
      ],
    });
    expect(rbac.explain(ask())).toEqual([
      {
        policy: 'a',
        allows: false,
        because: [
          'method is not PUT or POST',
          'path does not begin with /api/',
          'principal 0: token is of kc, wanted ad',
          'principal 0: claim role is another string, wanted one string exactly',
        ],
        claims: [],
      },
      { policy: 'b', allows: true, because: [], claims: ['role'] },
    ]);
    expect(rbac.explain(ask({ subject: undefined }))[1]?.because).toEqual(['no verified token']);
    expect(rbac.explain(ask({ method: 'POST' }))[0]?.because).toHaveLength(3);
  });
});

describe('policies for models', () => {
  const rules = {
    policies: [
      policy({ name: 'flash', models: ['flash'] }),
      policy({ name: 'both', models: ['flash', 'pro'], pathPrefix: '/v1/' }),
      policy({ name: 'reads', methods: ['GET'], pathPrefix: '/docs/' }),
    ],
  };
  const rbac = prepareRbac(rules);

  test.each<[string, object, string | undefined, readonly string[] | undefined]>([
    ['one policy', { path: '/x' }, 'flash', ['flash']],
    ['two take together', { path: '/v1/chat' }, 'flash', ['flash', 'pro']],
    ['one for all models counts alone', { path: '/docs/a' }, 'reads', undefined],
    ['nobody without a token', { subject: undefined }, undefined, undefined],
  ])('%s', (_what, parts, name, models) => {
    const decision = rbac.decide(ask({ isForModel: true, ...parts }));
    expect(decision.allowed).toBe(name !== undefined);
    expect(decision.policy).toBe(name);
    expect(decision.models && [...decision.models]).toEqual(models);
  });

  test('allow nothing where no model will be seen', () => {
    expect(rbac.decide(ask({ path: '/x' }))).toEqual({ allowed: false });
    expect(rbac.decide(ask({ path: '/docs/a' }))).toEqual({ allowed: true, policy: 'reads' });
    expect(rbac.explain(ask({ path: '/x' }))[0]?.because).toEqual([
      'it is for models, the route is not',
    ]);
  });

  test('are told with their models', () => {
    const told = rbac.explain(ask({ isForModel: true, path: '/v1/x' }));
    expect(told.map(({ allows, models }) => [allows, models])).toEqual([
      [true, ['flash']],
      [true, ['flash', 'pro']],
      [false, undefined],
    ]);
  });
});
