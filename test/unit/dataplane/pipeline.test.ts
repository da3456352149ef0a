import { describe, expect, test } from '@jest/globals';

import { Trace } from '../../../src/base/trace.ts';
import type { Denial } from '../../../src/dataplane/denial.ts';
import type { Exchange } from '../../../src/dataplane/exchange.ts';
import { decide, stages } from '../../../src/dataplane/pipeline.ts';
import type { RbacRule } from '../../../src/ir/rbac.ts';
import type { Route, VirtualHost } from '../../../src/ir/table.ts';
import { exchangeFor, type ExchangeSetting } from '../../support/exchange.ts';
import { matcher, requireToken, route, table, virtualHost } from '../../support/gateway.ts';

const decided = async (
  host: Partial<VirtualHost>,
  setting: ExchangeSetting = {},
): Promise<{ readonly denial: Denial | undefined; readonly exchange: Exchange }> => {
  const exchange = exchangeFor(table(virtualHost({ claimHeaders: ['x-user'], ...host })), setting);
  return { denial: await decide(exchange), exchange };
};

const onlyUser = (user: string): RbacRule => ({
  policies: [
    {
      name: `only ${user}`,
      principals: [{ claims: [{ path: ['user'], matcher: 'EXACT_STRING', value: user }] }],
      pathPrefix: '',
      methods: [],
    },
  ],
});

const bearer = (token: string): readonly string[] => ['Authorization', `Bearer ${token}`];

const forUser = (user: string, more: Partial<Route>): Route =>
  route({
    name: user,
    matchers: [
      matcher('/', { headers: [{ name: 'x-user', kind: 'exact', value: user, invert: false }] }),
    ],
    ...more,
  });

test('the stages in their order', () => {
  expect(stages.map(({ name }) => name)).toEqual(
    [
      ['head', 'target', 'virtual-host', 'route', 'upgrade', 'fault', 'cors'],
      ['jwt-before-ext-auth', 'jwt-after-ext-auth'],
      [
        'claim-headers',
        'route-by-claims',
        'upgrade-by-claims',
        'token-removal',
        'rbac',
        'body-limit',
        'action',
      ],
    ].flat(),
  );
});

describe('routing', () => {
  test('no virtual host and no route are 404 with an empty body, before any token', async () => {
    const elsewhere = { domains: ['b.example'], routes: [route({ jwt: requireToken })] };
    const empty = { status: 404, body: '', reason: 'no_route' };
    expect((await decided(elsewhere)).denial).toMatchObject(empty);
    expect((await decided({ routes: [] }, { headers: bearer('bad') })).denial).toMatchObject(empty);
  });

  test('the first route that matches, by the normalised path', async () => {
    const routes = [
      route({ name: 'admin', matchers: [matcher('/admin')] }),
      route({ name: 'rest', matchers: [matcher('/x'), matcher('/')] }),
    ];
    expect(
      (await decided({ routes }, { target: '/x/%2e./admin' })).exchange.route?.route.name,
    ).toBe('admin');
    expect((await decided({ routes }, { target: '/adm' })).exchange.route?.route.name).toBe('rest');
  });

  test('a header that only the gateway may set chooses no route', async () => {
    const routes = [forUser('admin', {}), route({ name: 'rest' })];
    const headers = ['X-User', 'admin', 'X_User', 'admin'];
    const { exchange } = await decided({ routes }, { headers });
    expect(exchange.route?.route.name).toBe('rest');
    expect(exchange.headers).toEqual([]);
  });
});

describe('verification', () => {
  test.each([
    ['no token', [], 401, 'Jwt is missing', 'Bearer realm="http://a.example/p"'],
    [
      'a bad token',
      bearer('bad'),
      401,
      'Jwt verification fails',
      'Bearer realm="http://a.example/p", error="invalid_token"',
    ],
  ])('%s', async (_name, headers, status, body, challenge) => {
    const { denial, exchange } = await decided(
      { routes: [route({ jwt: requireToken })] },
      { headers, target: '/p?q=1' },
    );
    expect(denial).toMatchObject({ status, body, headers: ['www-authenticate', challenge] });
    expect(exchange.verdict).toBe('denied');
  });

  test.each<[string, ExchangeSetting]>([
    ['a header', { headers: [...bearer('user:ann'), 'X-User', 'evil'], target: '/?a=1' }],
    ['the query', { headers: ['X-User', 'evil'], target: '/?access_token=user%3Aann&a=1' }],
  ])('a good token of %s becomes claims, and goes', async (_name, setting) => {
    const { denial, exchange } = await decided({ routes: [route({ jwt: requireToken })] }, setting);
    expect(denial).toBeUndefined();
    expect(exchange.headers).toEqual(['x-user', 'ann']);
    expect(exchange.query).toBe('a=1');
  });

  test('both stages have to pass, each with a token of its own', async () => {
    const both = {
      beforeExtAuth: { validation: 'REQUIRE_VALID', providers: ['kc'] },
      afterExtAuth: { validation: 'REQUIRE_VALID', providers: ['kc'] },
    } as const;
    const routes = [route({ jwt: both })];
    const target = '/?access_token=later:bob';
    const ask = async (setting: ExchangeSetting) => (await decided({ routes }, setting)).denial;
    expect(await ask({ headers: bearer('later:ann'), target })).toBeUndefined();
    expect(await ask({ headers: bearer('bad'), target })).toMatchObject({ status: 401 });
    expect(await ask({ headers: bearer('user:ann') })).toMatchObject({ body: 'Jwt is missing' });
  });

  test('a bad token under a lax policy does not go on', async () => {
    const lax = {
      afterExtAuth: { validation: 'ALLOW_MISSING_OR_FAILED', providers: ['kc'] },
    } as const;
    const { denial, exchange } = await decided(
      { routes: [route({ jwt: lax })] },
      { headers: bearer('bad') },
    );
    expect(denial).toBeUndefined();
    expect(exchange.headers).toEqual([]);
    expect(exchange.verdict).toBe('anonymous');
  });

  test('a verifier that breaks refuses', async () => {
    const { denial } = await decided(
      { routes: [route({ jwt: requireToken })] },
      { headers: bearer('throw:') },
    );
    expect(denial).toMatchObject({ status: 500, body: '', reason: 'internal' });
  });
});

describe('the route chosen by claims', () => {
  const rest = route({ name: 'rest', jwt: requireToken });

  test('is the one that the verified claim fits; its authorization counts', async () => {
    const routes = [forUser('ann', { jwt: requireToken, rbac: onlyUser('bob') }), rest];
    const { denial, exchange } = await decided({ routes }, { headers: bearer('user:ann') });
    expect(exchange.route?.route.name).toBe('ann');
    expect(denial?.status).toBe(403);
    expect(
      (await decided({ routes }, { headers: bearer('user:bob') })).exchange.route?.route.name,
    ).toBe('rest');
  });

  test('none left is 404', async () => {
    const without = matcher('/', {
      headers: [{ name: 'x-user', kind: 'present', value: '', invert: true }],
    });
    const routes = [route({ jwt: requireToken, matchers: [without] })];
    expect((await decided({ routes }, { headers: bearer('user:ann') })).denial?.status).toBe(404);
  });

  test('another verification of it has to pass as well', async () => {
    const strict = {
      beforeExtAuth: { validation: 'REQUIRE_VALID', providers: ['other'] },
    } as const;
    for (const token of ['user:ann', 'later:ann']) {
      const routes = [forUser('ann', { jwt: strict }), rest];
      const { denial, exchange } = await decided({ routes }, { headers: bearer(token) });
      expect(denial).toBeUndefined();
      expect(exchange.identities).toHaveLength(1);
      expect(exchange.headers).toEqual(['x-user', 'ann']);
    }
  });

  test('one without verification keeps what was verified', async () => {
    const routes = [forUser('ann', { rbac: onlyUser('ann') }), rest];
    expect((await decided({ routes }, { headers: bearer('user:ann') })).denial).toBeUndefined();
  });
});

describe('authorization', () => {
  test('refuses in Envoy words, without a challenge', async () => {
    const routes = [route({ jwt: requireToken, rbac: onlyUser('bob') })];
    const { denial, exchange } = await decided({ routes }, { headers: bearer('user:ann') });
    expect(denial).toMatchObject({ status: 403, body: 'RBAC: access denied', reason: 'rbac' });
    expect(denial?.headers).toBeUndefined();
    expect(exchange.reason).toBe('rbac');
  });

  test('without a verified token refuses everybody', async () => {
    expect((await decided({ routes: [route({ rbac: onlyUser('ann') })] })).denial?.status).toBe(
      403,
    );
  });

  test('names the policy that allowed', async () => {
    const routes = [route({ jwt: requireToken, rbac: onlyUser('ann') })];
    const { denial, exchange } = await decided({ routes }, { headers: bearer('user:ann') });
    expect(denial).toBeUndefined();
    expect(exchange.policy).toBe('only ann');
  });

  test('sees the path with the query, without the token', async () => {
    const [policy] = onlyUser('ann').policies;
    const rbac = { policies: [{ ...policy!, pathPrefix: '/a?x=1' }] };
    const routes = [route({ jwt: requireToken, rbac })];
    const headers = bearer('user:ann');
    expect(
      (await decided({ routes }, { target: '/a?access_token=user:ann&x=1' })).denial,
    ).toBeUndefined();
    expect((await decided({ routes }, { headers, target: '/a' })).denial?.status).toBe(403);
  });
});

describe('actions', () => {
  test('a direct response and a redirect are answered here', async () => {
    const direct = route({ action: { kind: 'direct', status: 418, body: 'tea' } });
    expect((await decided({ routes: [direct] })).exchange.reply).toEqual({
      status: 418,
      body: 'tea',
    });
    const action = { kind: 'redirect', status: 302, https: true, stripQuery: true } as const;
    const { exchange } = await decided({ routes: [route({ action })] }, { target: '/a?x' });
    expect(exchange.reply).toMatchObject({
      status: 302,
      headers: ['location', 'https://a.example/a'],
    });
  });

  test('a closed route answers with its error', async () => {
    const action = {
      kind: 'closed',
      status: 500,
      body: '',
      detail: 'jwt does not compile',
    } as const;
    expect((await decided({ routes: [route({ action })] })).denial).toMatchObject({
      status: 500,
      reason: 'closed',
      detail: 'jwt does not compile',
    });
  });

  test('forwarding is left to the caller', async () => {
    const { denial, exchange } = await decided({});
    expect(denial).toBeUndefined();
    expect(exchange.reply).toBeUndefined();
  });
});

describe('a trace', () => {
  const rbac = onlyUser('bob');
  const setting = {
    headers: bearer('later:secret-name'),
    target: '/a/../b?access_token=secret-token',
  };

  async function traced(showValues: boolean, parts: Partial<Route> = {}): Promise<Trace> {
    const routes = [
      route({ name: 'other', matchers: [matcher('/c')] }),
      route({ jwt: requireToken, rbac, ...parts }),
    ];
    const exchange = exchangeFor(table(virtualHost({ routes })), setting);
    const trace = new Trace({ showValues });
    exchange.trace = trace;
    await decide(exchange);
    return trace;
  }

  test('has a step for each stage and says why, without a value of the client', async () => {
    const { steps } = await traced(false);
    expect(steps.map(({ stage }) => stage)).toEqual(stages.slice(0, -2).map(({ name }) => name));
    expect(steps.at(-1)).toEqual({
      stage: 'rbac',
      outcome: '403 rbac',
      notes: [
        'policy only bob: principal 0: claim user is another string, wanted one string exactly',
      ],
    });
    const notes = steps.flatMap((step) => step.notes);
    expect(notes).toEqual(
      expect.arrayContaining([
        'path /b, in its normal form',
        'a.example is served by virtual host ns.host (*)',
        'route other does not fit: path is not prefix /c',
        'route route fits: prefix /',
        'taken out of the request: header authorization',
      ]),
    );
    expect(JSON.stringify(steps)).not.toContain('secret');
  });

  test('names the policy that allows, its claims, and where the request goes', async () => {
    const { steps } = await traced(false, { rbac: onlyUser('secret-name') });
    expect(steps.slice(-3).map(({ notes }) => notes)).toEqual([
      ['policy only secret-name: allows, by claims user'],
      [],
      ['forwarded to up (weight 1)'],
    ]);
  });

  test('shows values where they are the own ones', async () => {
    const { steps } = await traced(true);
    expect(steps.at(-1)?.notes[0]).toContain(
      'claim user is another string ("secret-name"), wanted',
    );
    expect(JSON.stringify(steps)).not.toContain('secret-token');
  });
});
