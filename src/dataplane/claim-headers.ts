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

/** Writes the claims of a verified token into the request, one line each; says whether there was one to write. */
export function addClaimHeaders(lines: HeaderLines, identity: VerifiedIdentity): boolean {
  const headers = identity.headers.filter(
    ({ name, value }) => !untouchable.has(name) && isHeaderValue(value),
  );
  // All first: two claims for one header are two lines.
  for (const { name, append } of headers) {
    if (!append) removeLines(lines, (line) => line === name);
  }
  for (const { name, value } of headers) lines.push(name, value);
  return headers.length > 0;
}
