import { contentHash } from '../base/stable-json.ts';
import type { VirtualHost } from '../ir/table.ts';
import { serverNames, tlsKey } from '../ir/tls.ts';
import type { CompileContext } from './context.ts';
import { shown, type Findings } from './findings.ts';

/** Notes that a virtual host has its server names on these listeners. */
export function ownServerNames(
  { name: owner, tls, domains }: VirtualHost,
  listeners: readonly string[],
  domainOwners: Map<string, string>,
): void {
  if (!tls) return;
  const value = `${owner} ${contentHash(tlsKey(tls), 16)}`;
  for (const listener of listeners) {
    for (const name of serverNames(tls, domains)) {
      const key = nameKey(listener, name);
      if (!domainOwners.has(key)) domainOwners.set(key, value);
    }
  }
}

/**
 * Clients are told apart by the server name before anything else is known of them: hosts that ask for different TLS cannot
 * share one. The oldest keeps it.
 */
export function checkServerNames(
  { tls, domains }: Pick<VirtualHost, 'tls' | 'domains'>,
  listeners: readonly string[],
  { domainOwners }: Pick<CompileContext, 'domainOwners'>,
  findings: Findings,
): void {
  if (!tls) return;
  const own = contentHash(tlsKey(tls), 16);
  const written = tls.sniDomains.length > 0;
  for (const name of serverNames(tls, domains)) {
    const owners = listeners.flatMap((listener) => {
      const [owner = '', hash] = domainOwners.get(nameKey(listener, name))?.split(' ') ?? [];
      return hash === undefined || hash === own ? [] : [owner];
    });
    if (owners.length === 0) continue;
    (written ? findings.error : findings.warn)({
      reason: 'DomainConflict',
      path: 'spec.sslConfig.sniDomains',
      what: written
        ? 'the server name belongs to an older virtual service with other TLS, which keeps it'
        : 'clients that ask for this server name get the TLS of an older virtual service, and not this one',
      found: `${shown(name)}, which ${[...new Set(owners)].join(' ')} has`,
      accepted: 'a name of its own, or equal TLS',
    });
  }
}

function nameKey(listener: string, name: string): string {
  return `sni ${name} ${listener}`;
}
