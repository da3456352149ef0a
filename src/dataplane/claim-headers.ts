import type { VerifiedIdentity } from '../jwt/authenticate.ts';
import { isHeaderValue, removeLines, type HeaderLines } from './header-lines.ts';

/** Takes out what only the gateway may say, in every spelling that a server behind CGI would read as the same name. */
export function removeTrustedHeaders(lines: HeaderLines, trusted: ReadonlySet<string>): void {
  if (trusted.size === 0) return;
  removeLines(lines, (name) => trusted.has(name.includes('_') ? name.replaceAll('_', '-') : name));
}

// A claim never frames a request or chooses its host.
const untouchable = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'expect',
]);

/** Writes the claims of a verified token into the request; says whether there was one to write. */
export function addClaimHeaders(lines: HeaderLines, identity: VerifiedIdentity): boolean {
  let added = false;
  for (const { name, value, append } of identity.headers) {
    if (untouchable.has(name) || !isHeaderValue(value)) continue;
    if (!append) removeLines(lines, (line) => line === name);
    lines.push(name, value);
    added = true;
  }
  return added;
}
