import { describe, expect, it } from '@jest/globals';
import type { JwtStages } from '../../../src/ir/jwt.ts';
import type { RbacPolicy } from '../../../src/ir/rbac.ts';
import { rbacRules } from '../../../src/xds/rbac-rules.ts';

const stage = (...providers: string[]) => ({ validation: 'REQUIRE_VALID' as const, providers });
const policy = (changes: Partial<RbacPolicy> = {}): RbacPolicy => ({
  name: 'p',
  principals: [{ claims: [{ path: ['sub'], matcher: 'EXACT_STRING', value: 'alice' }] }],
  pathPrefix: '',
  methods: [],
  ...changes,
});

function rules(policies: readonly RbacPolicy[] | undefined, stages: JwtStages, guarded = false) {
  const payloadOf = (provider: string): string => `host/${provider}`;
  return rbacRules(policies && { policies }, { stages, verifiedBy: stages, payloadOf, guarded });
}

const metadata = (value: object, ...keys: string[]) => ({
  sourced_metadata: {
    metadata_matcher: {
      filter: 'envoy.filters.http.jwt_authn',
      path: keys.map((key) => ({ key })),
      value,
    },
  },
});
const alice = (provider: string) =>
  metadata({ string_match: { exact: 'alice' } }, `host/${provider}`, 'sub');
const present = (provider: string) => metadata({ present_match: true }, `host/${provider}`);

function principals(found: object | undefined): unknown {
  return (found as { policies: { p: { principals: unknown } } }).policies.p.principals;
}

describe('rbacRules', () => {
  it('is nothing where nothing is asked for', () => {
    expect(rules(undefined, { afterExtAuth: stage('a') })).toBeUndefined();
  });

  it.each([
    ['without policies', [], { afterExtAuth: stage('a') }],
    ['without verification', [policy()], {}],
    ['for a principal without claims', [policy({ principals: [{ claims: [] }] })], {}],
    [
      'for a provider that does not verify here',
      [policy({ principals: [{ ...policy().principals[0], provider: 'b', claims: [] }] })],
      { afterExtAuth: stage('a') },
    ],
  ] satisfies [string, RbacPolicy[], JwtStages][])(
    'refuses everybody %s',
    (_name, policies, stages) => {
      expect(rules(policies, stages)).toEqual({ action: 'ALLOW', policies: {} });
    },
  );

  it('takes a prefix as text, or by segments', () => {
    const permissions = (changes: Partial<RbacPolicy>): unknown =>
      rules([policy({ pathPrefix: '/a', ...changes })], { afterExtAuth: stage('a') })?.['policies'];
    const path = (match: object) => ({ header: { name: ':path', string_match: match } });
    expect(permissions({})).toMatchObject({
      p: { permissions: [{ and_rules: { rules: [path({ prefix: '/a' })] } }] },
    });
    const ends = [path({ exact: '/a' }), path({ prefix: '/a/' }), path({ prefix: '/a?' })];
    expect(permissions({ bySegment: true })).toMatchObject({
      p: { permissions: [{ and_rules: { rules: [{ or_rules: { rules: ends } }] } }] },
    });
  });

  it('takes the claims of each provider that may have verified', () => {
    expect(principals(rules([policy()], { afterExtAuth: stage('a', 'b') }))).toEqual([
      alice('a'),
      alice('b'),
    ]);
  });

  it('takes those of the earlier stage only where the later one verified nothing', () => {
    const stages = { beforeExtAuth: stage('a'), afterExtAuth: stage('b') };
    expect(principals(rules([policy()], stages))).toEqual([
      alice('b'),
      { and_ids: { ids: [alice('a'), { not_id: present('b') }] } },
    ]);
  });

  it('asks for a token of its own where claims choose routes', () => {
    const found = rules(undefined, { afterExtAuth: stage('a', 'b') }, true);
    expect(found).toEqual({
      action: 'ALLOW',
      policies: {
        verified: {
          permissions: [{ any: true }],
          principals: [{ or_ids: { ids: [present('a'), present('b')] } }],
        },
      },
    });
    expect(principals(rules([policy()], { afterExtAuth: stage('a') }, true))).toEqual([
      { and_ids: { ids: [{ or_ids: { ids: [present('a')] } }, alice('a')] } },
    ]);
  });

  it('looks at the path with its query, and at methods', () => {
    const found = rules([policy({ pathPrefix: '/api', methods: ['GET', 'PUT'] })], {
      afterExtAuth: stage('a'),
    }) as { policies: { p: { permissions: unknown } } };
    const header = (name: string, string_match: object) => ({ header: { name, string_match } });
    expect(found.policies.p.permissions).toEqual([
      {
        and_rules: {
          rules: [
            header(':path', { prefix: '/api' }),
            {
              or_rules: {
                rules: [header(':method', { exact: 'GET' }), header(':method', { exact: 'PUT' })],
              },
            },
          ],
        },
      },
    ]);
  });

  it.each([
    ['BOOLEAN', 'false', { bool_match: false }],
    ['LIST_CONTAINS', 'x', { list_match: { one_of: { string_match: { exact: 'x' } } } }],
    ['REGEX_MATCH', 'x.*', { string_match: { safe_regex: { regex: 'x.*' } } }],
  ] as const)('compares by %s', (matcher, value, wanted) => {
    const claims = [{ path: ['a', 'b'], matcher, value }];
    const found = rules([policy({ principals: [{ claims }] })], { afterExtAuth: stage('k') });
    expect(principals(found)).toEqual([metadata(wanted, 'host/k', 'a', 'b')]);
  });
});
