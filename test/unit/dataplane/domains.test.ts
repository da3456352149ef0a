import { describe, expect, test } from '@jest/globals';

import { prepareDomains } from '../../../src/dataplane/domains.ts';

const names = [
  'a.example',
  'a.example:8080',
  '*.example',
  '*.b.example',
  '*-x.example',
  'a.*',
  'a.b.*',
  '*',
];
const domains = prepareDomains(names.map((name) => [name, name] as const));

describe('prepareDomains', () => {
  test.each([
    ['a.example', 'a.example'],
    ['a.example:8080', 'a.example:8080'],
    ['c.example', '*.example'],
    ['c.b.example', '*.b.example'],
    ['b.example', '*.example'],
    ['c-x.example', '*-x.example'],
    ['a.org', 'a.*'],
    ['a.b.org', 'a.b.*'],
    ['.example', '*'],
    ['a.', '*'],
    ['other', '*'],
  ])('%s is served by %s', (host, expected) => {
    expect(domains.find(host)).toBe(expected);
  });

  test('nobody serves a host that no domain names', () => {
    expect(prepareDomains([['a.example', 1]]).find('b.example')).toBeUndefined();
  });

  test('the first of two equal domains serves', () => {
    const twice = prepareDomains([
      ['a', 1],
      ['a', 2],
      ['*', 3],
      ['*', 4],
    ]);
    expect([twice.find('a'), twice.find('b')]).toEqual([1, 3]);
  });

  test('a member of Object.prototype is no domain', () => {
    expect(prepareDomains([['a', 1]]).find('constructor')).toBeUndefined();
  });
});
