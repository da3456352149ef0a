import { describe, expect, test } from '@jest/globals';

import { normalizeHost } from '../../../src/dataplane/request-host.ts';

describe('normalizeHost', () => {
  test.each([
    ['A.Example', false, 'a.example'],
    ['a.example:8080', false, 'a.example:8080'],
    ['a.example:8080', true, 'a.example'],
    ['a.example.', false, 'a.example'],
    ['a.example.:80', false, 'a.example:80'],
    ['a.example..', false, 'a.example.'],
    ['[::1]:8080', true, '[::1]'],
    ['[::1]', false, '[::1]'],
    ['10.0.0.1', false, '10.0.0.1'],
    ['under_score.example', false, 'under_score.example'],
  ])('%j with stripPort %j is %j', (value, stripPort, expected) => {
    expect(normalizeHost(value, stripPort)).toBe(expected);
  });

  test.each([
    '',
    ' ',
    'a b',
    'a,b',
    'a@b',
    'a/b',
    'a?b',
    'a#b',
    'a\\b',
    'a:b',
    'a:',
    ':80',
    '[::1',
    'caf\u00e9',
    'a:123456',
    '"',
  ])('%j is no host', (value) => {
    expect(normalizeHost(value, true)).toBeUndefined();
  });
});
