import { BlockList, isIP } from 'node:net';

const local = new BlockList();
local.addSubnet('127.0.0.0', 8);
local.addSubnet('169.254.0.0', 16);
local.addSubnet('0.0.0.0', 8);
local.addAddress('::1', 'ipv6');
local.addAddress('::', 'ipv6');
// Where Alibaba, Azure, Oracle and AWS answer with credentials outside of the link-local ranges.
for (const address of ['100.100.100.200', '168.63.129.16', '192.0.0.192'])
  local.addAddress(address);
local.addAddress('fd00:ec2::254', 'ipv6');
local.addSubnet('fe80::', 10, 'ipv6');

/** What /etc/hosts commonly calls this machine, and what clouds call the machine with their metadata. */
const localNames = new Set([
  'localhost',
  'ip6-localhost',
  'ip6-loopback',
  'metadata.google.internal',
]);

/** Whether a host is written as this machine or a link-local address (where clouds keep their metadata). */
export function isLocalHost(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '').toLowerCase();
  if (isIP(bare) === 6) return local.check(bare, 'ipv6');
  // As resolvers do, the parser of URLs reads 127.1, 0x7f.1 and 2130706433 as addresses.
  const name = (URL.parse(`http://${bare}`)?.hostname ?? bare).replace(/\.$/, '');
  return isIP(name) === 4
    ? local.check(name, 'ipv4')
    : localNames.has(name) || name.endsWith('.localhost');
}
