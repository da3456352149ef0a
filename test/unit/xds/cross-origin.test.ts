import { expect, it } from '@jest/globals';
import { corsFilterName, corsPolicy } from '../../../src/xds/cross-origin.ts';
import { envoyListener } from '../../../src/xds/envoy-listener.ts';
import { host, route, translationOf } from '../../support/envoy-table.ts';

const cors = { origins: ['a'], originRegexes: ['b'] };

it('writes what is said, and nothing else', () => {
  const type = 'type.googleapis.com/envoy.extensions.filters.http.cors.v3.CorsPolicy';
  const matches = [{ exact: 'a' }, { safe_regex: { regex: 'b' } }];
  expect(corsPolicy(cors)).toEqual({ '@type': type, allow_origin_string_match: matches });
  const all = { allowMethods: 'm', allowHeaders: 'h', exposeHeaders: 'e', maxAge: '1' };
  expect(corsPolicy({ ...cors, ...all, allowCredentials: true })).toMatchObject({
    allow_methods: 'm',
    allow_headers: 'h',
    expose_headers: 'e',
    max_age: '1',
    allow_credentials: true,
  });
});

it.each([
  [{ cors }, 1],
  [{}, 0],
])('has the filter where a route needs it', (more, count) => {
  const translation = translationOf({ host: host({ routes: [route(more)] }) });
  const [listener] = translation.table.listeners;
  if (!listener) throw new Error('no listener');
  const text = JSON.stringify(envoyListener(listener, '::', translation));
  expect(text.split(`{"name":"${corsFilterName}"`)).toHaveLength(count + 1);
});
