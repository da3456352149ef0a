import { isIP } from 'node:net';
import type { LocalAddresses } from '../base/local-addresses.ts';
import { shown, type Findings, type Note } from './findings.ts';
import { isForbiddenHost } from './local-hosts.ts';
import type { SecretUse } from './secrets.ts';

const nameForm = /^[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_.])?$/;
const authorityForm = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;

/** Notes what can be no host to connect to, or is one that needs leave. */
export function checkHost(host: string, path: string, { context, findings }: SecretUse): void {
  const fault = hostFault(host, context.options.allowLocalUpstreams);
  if (fault) findings.error({ ...fault, path });
}

/** Why there is no host to connect to, or none that is allowed; undefined: there is. */
export function hostFault(host: string, allowed: LocalAddresses): Omit<Note, 'path'> | undefined {
  if (isIP(host) === 0 && !nameForm.test(host)) {
    return invalidName(host, 'a host name or an address');
  }
  if (!isForbiddenHost(host, allowed)) return undefined;
  return {
    reason: 'ForbiddenAddress',
    what: 'loopback and link-local addresses are not for Upstreams',
    found: shown(host),
    accepted: 'another address, or the flag --allow-local-upstreams',
  };
}

/** Notes what can be no server name in a TLS handshake. */
export function checkServerName(name: string, path: string, findings: Findings): void {
  if (isIP(name) === 0 && !nameForm.test(name)) invalid(name, 'a host name', path, findings);
}

/** Notes what can be no `Host` of a request. */
export function checkAuthority(authority: string, path: string, findings: Findings): void {
  if (!isAuthority(authority)) invalid(authority, 'a host, with or without port', path, findings);
}

/** Whether a text can be the `Host` of a request. */
export function isAuthority(text: string): boolean {
  return authorityForm.test(text);
}

function invalid(found: string, accepted: string, path: string, findings: Findings): void {
  findings.error({ ...invalidName(found, accepted), path });
}

function invalidName(found: string, accepted: string): Omit<Note, 'path'> {
  const what = 'no server can be called that';
  return { reason: 'InvalidUpstream', what, found: shown(found), accepted };
}
