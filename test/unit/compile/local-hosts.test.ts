import { describe, expect, it } from '@jest/globals';
import { isLocalHost } from '../../../src/compile/local-hosts.ts';

describe('isLocalHost', () => {
  it.each([
    '127.0.0.1',
    '127.8.9.1',
    '127.1',
    '0x7f.1',
    '2130706433',
    '017700000001',
    '0.0.0.0',
    '169.254.169.254',
    '100.100.100.200',
    '168.63.129.16',
    '::1',
    '[::1]',
    '::',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    'fe80::1',
    'fd00:ec2::254',
    'localhost',
    'LocalHost',
    'localhost.',
    'a.localhost',
    'ip6-localhost',
    'metadata.google.internal',
  ])('%s is', (host) => {
    expect(isLocalHost(host)).toBe(true);
  });

  it.each([
    '10.0.0.1',
    '192.168.1.1',
    '8.8.8.8',
    'fd00::1',
    '2001:db8::1',
    'api.deepseek.com',
    'notlocalhost',
    'localhost.example.com',
    'a b',
    '',
  ])('%j is not', (host) => {
    expect(isLocalHost(host)).toBe(false);
  });
});
