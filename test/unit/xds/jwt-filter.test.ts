import { describe, expect, it } from '@jest/globals';
import type { ValidationPolicy } from '../../../src/ir/jwt.ts';
import { jwtFilter, routeVerification, unknownPart } from '../../../src/xds/jwt-filter.ts';
import {
  host,
  provider,
  route,
  shared,
  translationOf,
  verified,
} from '../../support/envoy-table.ts';

function requirements(validation: ValidationPolicy, providers: readonly string[]): unknown {
  const one = host({
    routes: [route({ jwt: { afterExtAuth: { validation, providers } } })],
    providers: Object.fromEntries(providers.map((name) => [name, provider({ name })])),
  });
  const filter = jwtFilter('afterExtAuth', [one], translationOf({ keySet: shared }));
  return filter && (filter['typed_config'] as { requirement_map: unknown }).requirement_map;
}

const named = (name: string): object => ({ provider_name: `ns.vs/${name}` });

describe('jwtFilter', () => {
  it.each([
    ['REQUIRE_VALID', ['a'], named('a')],
    ['REQUIRE_VALID', ['a', 'b'], { requires_any: { requirements: [named('a'), named('b')] } }],
    [
      'ALLOW_MISSING',
      ['a'],
      { requires_any: { requirements: [named('a'), { allow_missing: {} }] } },
    ],
    [
      'ALLOW_MISSING_OR_FAILED',
      ['a'],
      { requires_any: { requirements: [named('a'), { allow_missing_or_failed: {} }] } },
    ],
  ] as const)('%s of %s', (validation, providers, wanted) => {
    const name = `ns.vs: ${validation} ${providers.join(', ')}`;
    expect(requirements(validation, providers)).toEqual({ [name]: wanted });
  });

  it('is left out where no route has the stage', () => {
    expect(
      jwtFilter('beforeExtAuth', [verified()], translationOf({ keySet: shared })),
    ).toBeUndefined();
  });

  it('says of a provider what the table says', () => {
    const one = verified({
      issuer: 'i',
      audiences: ['a'],
      keepToken: true,
      sources: [
        { kind: 'query', name: 'q' },
        { kind: 'header', name: 'x', prefix: '' },
      ],
      claimsToHeaders: [
        { claim: 'sub', header: 'x-sub', append: false },
        { claim: 'team', header: 'x-team', append: true },
      ],
    });
    const filter = jwtFilter('afterExtAuth', [one], translationOf({ keySet: shared }, {}));
    expect(filter).toMatchObject({
      typed_config: {
        providers: {
          'ns.vs/kc': {
            issuer: 'i',
            audiences: ['a'],
            from_params: ['q'],
            from_headers: [{ name: 'x', value_prefix: '' }],
            forward: true,
            clock_skew_seconds: 60,
            payload_in_metadata: 'ns.vs/kc',
            claim_to_headers: [
              { claim_name: 'sub', header_name: 'x-sub' },
              { claim_name: 'team', header_name: 'x-seekgate-claim-x-team' },
            ],
          },
        },
      },
    });
  });
});

describe('unknownPart', () => {
  it('is nothing, or what is missing', () => {
    const stage = { validation: 'REQUIRE_VALID', providers: ['kc'] } as const;
    const translation = translationOf({ keySet: shared });
    expect(unknownPart(stage, verified(), translation)).toBeUndefined();
    expect(unknownPart({ ...stage, providers: [] }, verified(), translation)).toContain('without');
    expect(unknownPart(stage, host(), translation)).toContain('kc');
  });
});

describe('routeVerification', () => {
  it('names the requirement of each stage', () => {
    const [one] = verified().routes;
    expect(routeVerification(host(), one?.jwt)).toEqual([
      [
        'envoy.filters.http.jwt_authn',
        expect.objectContaining({ requirement_name: 'ns.vs: REQUIRE_VALID kc' }),
      ],
    ]);
    expect(routeVerification(host(), undefined)).toEqual([]);
  });
});
