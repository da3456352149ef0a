import ipaddr from 'ipaddr.js';
import type { LocalAddresses } from '../base/local-addresses.ts';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Ranges of ipaddr.js that a JWKS is never fetched from: the machine itself, its link, and what is no host at all. */
const forbiddenRanges = new Set([
  'unspecified',
  'loopback',
  'linkLocal',
  'multicast',
  'broadcast',
  'reserved',
]);

/** Addresses outside those ranges at which clouds answer with credentials (Alibaba, Azure, Oracle, AWS on IPv6). */
const metadataAddresses = new Set([
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.192',
  'fd00:ec2::254',
]);

/**
 * Whether an address is the gateway's own machine, its link or a metadata service: a URL in a manifest must not be able to
 * have them read out. Private ranges are allowed, since issuers run inside clusters.
 */
export function isForbiddenAddress(text: string, allowed: LocalAddresses): boolean {
  if (allowed === 'on') return false;
  const bare = text.replace(/^\[|\]$/g, '').split('%', 1)[0] ?? '';
  if (!ipaddr.isValid(bare)) return true;
  const address: Address = ipaddr.parse(bare);
  const addresses = [address, ...embeddedAddresses(address)];
  if (allowed === 'loopback' && addresses.some((one) => one.range() === 'loopback')) return false;
  return addresses.some(isForbidden);
}

function isForbidden(address: Address): boolean {
  return forbiddenRanges.has(address.range()) || metadataAddresses.has(address.toString());
}

/** IPv4 addresses that an IPv6 one leads to: mapped, 6to4, NAT64 and IPv4-compatible. */
function embeddedAddresses(address: Address): readonly Address[] {
  if (!('parts' in address)) return [];
  const bytes = address.toByteArray();
  const low = new ipaddr.IPv4(bytes.slice(12));
  switch (address.range()) {
    case 'ipv4Mapped':
    case 'rfc6145':
    case 'rfc6052':
      return [low];
    case '6to4':
      return [new ipaddr.IPv4(bytes.slice(2, 6))];
    default:
      return bytes.slice(0, 12).every((byte) => byte === 0) ? [low] : [];
  }
}
