import { describe, expect, test } from '@jest/globals';

import { isForbiddenAddress } from '../../../src/jwt/forbidden-address.ts';

describe('isForbiddenAddress', () => {
  test.each([
    '127.0.0.1',
    '127.255.0.9',
    '0.0.0.0',
    '0.1.2.3',
    '169.254.169.254',
    '224.0.0.1',
    '255.255.255.255',
    '240.0.0.1',
    '100.100.100.200',
    '168.63.129.16',
    '192.0.0.192',
    '::1',
    '::',
    '[::1]',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:0:127.0.0.1',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b::a9fe:a9fe',
    '2002:7f00:1::',
    '2002:a9fe:a9fe::1',
    'fe80::1',
    'fe80::1%eth0',
    'ff02::1',
    'fd00:ec2::254',
    'localhost',
    '',
  ])('%j is', (address) => {
    expect(isForbiddenAddress(address, 'off')).toBe(true);
  });

  test.each([
    '10.0.0.1',
    '172.16.5.5',
    '192.168.1.1',
    '100.64.0.1',
    '8.8.8.8',
    'fd12:3456::1',
    '2606:4700::1111',
    '::ffff:10.0.0.1',
    '64:ff9b::808:808',
  ])('%j is not', (address) => {
    expect(isForbiddenAddress(address, 'off')).toBe(false);
  });

  test.each([
    ['127.0.0.1', 'loopback', false],
    ['::1', 'loopback', false],
    ['::ffff:127.0.0.1', 'loopback', false],
    ['169.254.169.254', 'loopback', true],
    ['100.100.100.200', 'loopback', true],
    ['fe80::1', 'loopback', true],
    ['169.254.169.254', 'on', false],
  ] as const)('%s with %s allowed: %s', (address, allowed, forbidden) => {
    expect(isForbiddenAddress(address, allowed)).toBe(forbidden);
  });
});
