import { describe, expect, it } from '@jest/globals';
import { envoyVirtualHost } from '../../../src/xds/virtual-host.ts';
import {
  cluster,
  host,
  route,
  shared,
  translationOf,
  verified,
} from '../../support/envoy-table.ts';

describe('envoyVirtualHost', () => {
  it('has a route for every matcher, by name', () => {
    const [matcher] = route().matchers;
    const twice = route({ matchers: matcher ? [matcher, matcher] : [] });
    const { routes } = envoyVirtualHost(host({ routes: [twice, route()] }), translationOf({}));
    expect((routes as readonly { name: string }[]).map(({ name }) => name)).toEqual([
      'r/0',
      'r/1',
      'r',
    ]);
  });

  it('appends a claim on the routes that verify it, and takes its own header out last', () => {
    const claimsToHeaders = [{ claim: 'team', header: 'x-team', append: true }];
    const one = verified({ claimsToHeaders });
    const found = envoyVirtualHost(
      { ...one, routes: [...one.routes, route()] },
      translationOf({ keySet: shared }),
    );
    const value = '%REQ(x-seekgate-claim-x-team)%';
    expect(found).toMatchObject({
      routes: [
        { request_headers_to_add: [{ header: { key: 'x-team', value } }] },
        expect.not.objectContaining({ request_headers_to_add: expect.anything() }),
      ],
      request_headers_to_remove: ['x-seekgate-claim-x-team'],
    });
  });

  it('asks for a token first where a route is closed for another reason', () => {
    const llm = {
      provider: 'openai',
      credential: { kind: 'none' },
      authority: 'm.test',
      model: 'm',
    } as const;
    const parts = { keySet: shared, clusters: [{ ...cluster, llm }] };
    expect(envoyVirtualHost(verified(), translationOf(parts))).toMatchObject({
      routes: [
        {
          direct_response: { status: 500 },
          typed_per_filter_config: { 'envoy.filters.http.jwt_authn': {} },
        },
      ],
    });
  });
});
