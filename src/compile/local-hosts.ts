import { BlockList, isIP } from 'node:net';
import type { LocalAddresses } from '../base/local-addresses.ts';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

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

/** What /etc/hosts commonly calls this machine. */
const loopbackNames = new Set(['localhost', 'ip6-localhost', 'ip6-loopback']);
/** What a cloud calls the machine with its metadata. */
const metadataName = 'metadata.google.internal';

/** Whether a host is written as this machine or a link-local address (where clouds keep their metadata). */
export function isLocalHost(host: string): boolean {
  const name = canonical(host);
  return isLoopbackName(name) || name === metadataName || isIn(local, name);
}

/** Whether a backend may not be there. */
export function isForbiddenHost(host: string, allowed: LocalAddresses): boolean {
  if (allowed === 'on' || !isLocalHost(host)) return false;
  const name = canonical(host);
  return allowed === 'off' || !(isLoopbackName(name) || isIn(loopback, name));
}

/** As resolvers do, the parser of URLs reads 127.1, 0x7f.1 and 2130706433 as addresses. */
function canonical(host: string): string {
  const bare = host.replace(/^\[|\]$/g, '').toLowerCase();
  if (isIP(bare) === 6) return bare;
  return (URL.parse(`http://${bare}`)?.hostname ?? bare).replace(/\.$/, '');
}

function isLoopbackName(name: string): boolean {
  return loopbackNames.has(name) || name.endsWith('.localhost');
}

function isIn(list: BlockList, name: string): boolean {
  const family = isIP(name);
  return family !== 0 && list.check(name, family === 6 ? 'ipv6' : 'ipv4');
}
