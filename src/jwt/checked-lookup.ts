import { lookup as dnsLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';

import type { LocalAddresses } from '../base/local-addresses.ts';
import { isForbiddenAddress } from './forbidden-address.ts';

/**
 * Looks a name up for a connection that is about to be opened, and lets only addresses through that may be connected to:
 * whatever a name resolved to when its manifest was read, it can resolve to something else now.
 */
export function checkedLookup(allow: LocalAddresses): LookupFunction {
  return (hostname, options, callback) => {
    dnsLookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, []);
      const allowed = addresses.filter(({ address }) => !isForbiddenAddress(address, allow));
      const [first] = allowed;
      if (!first) return callback(forbiddenAddressError(hostname), []);
      if (options.all) return callback(null, allowed);
      return callback(null, first.address, first.family);
    });
  };
}

/** For a name that resolves to forbidden addresses only, or for such an address, of which nothing is looked up. */
export function forbiddenAddressError(host: string): NodeJS.ErrnoException {
  const message = `${host} is a loopback, link-local or metadata address, see --allow-local-upstreams`;
  return Object.assign(new Error(message), { code: 'EACCES' });
}
