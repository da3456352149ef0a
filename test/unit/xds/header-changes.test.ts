import { describe, expect, it } from '@jest/globals';
import {
  commonChanges,
  concernsCredentials,
  headerFields,
  joinedFields,
} from '../../../src/xds/header-changes.ts';
import { host, route, translationOf } from '../../support/envoy-table.ts';

const edit = {
  remove: ['x-gone'],
  add: [
    {
      name: 'x-a',
      append: true,
      value: [
        '5%',
        { of: 'request', name: 'x-b', alternative: ':path', length: 3 },
        { of: 'peer' },
      ],
    },
    { name: 'x-key', append: false, value: { secret: 'ns/key@1' } },
  ],
} as const;
const added = (value: string, key: string, append_action: string) => ({
  header: { key, value },
  append_action,
});
const text = added(
  '5%%%REQ(x-b?:path):3%%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%',
  'x-a',
  'APPEND_IF_EXISTS_OR_ADD',
);

describe('headerFields', () => {
  it('refers to secrets', () => {
    const translation = translationOf({});
    expect(headerFields({ request: edit }, translation)).toEqual({
      request_headers_to_remove: ['x-gone'],
      request_headers_to_add: [
        text,
        added('%ENVIRONMENT(SEEKGATE_NS_KEY_1)%', 'x-key', 'OVERWRITE_IF_EXISTS_OR_ADD'),
      ],
    });
    expect(translation.references).toMatchObject([{ name: 'SEEKGATE_NS_KEY_1' }]);
  });

  it('writes them where it is asked to, as they are', () => {
    const translation = translationOf({}, { 'ns/key@1': '1%2' });
    expect(headerFields({ response: edit }, translation)).toMatchObject({
      response_headers_to_add: [text, { header: { value: '1%%2' } }],
    });
  });
});

it('finds the changes of the virtual host', () => {
  const own = { request: { remove: ['x-r'], add: [] } };
  const last = { request: { remove: ['x-h'], add: [] } };
  const first = route({ headers: [own, last] });
  const closed = route({ action: { kind: 'closed', status: 500, body: '', detail: '' } });
  const second = route({ headers: [last] });
  expect(commonChanges(host({ routes: [first, closed, second] }))).toEqual(last);
  expect(commonChanges(host({ routes: [first, route({ headers: [own] })] }))).toBeUndefined();
});

it.each([
  [{ remove: ['authorization'], add: [] }, true],
  [{ remove: [], add: [{ name: 'x-api-key', value: ['a'], append: true }] }, true],
  [
    {
      remove: [],
      add: [{ name: 'x', value: [{ of: 'request', name: 'authorization' }], append: true }],
    },
    true,
  ],
  [edit, false],
] as const)('knows credentials: %j', (request, concerns) => {
  expect(concernsCredentials([{ request }])).toBe(concerns);
});

it('joins lists', () => {
  const parts = [{ request_headers_to_remove: ['a'] }, {}, { request_headers_to_remove: ['b'] }];
  expect(joinedFields(parts)).toEqual({ request_headers_to_remove: ['a', 'b'] });
});
