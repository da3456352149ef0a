import { isIP } from 'node:net';

import type { Endpoint } from '../ir/cluster.ts';
import type { HostRewrite, HostSource } from '../ir/rewrite.ts';
import { rewriteRegex } from '../rbac/regex.ts';
import { firstValue, lineAt } from './header-edits.ts';
import type { HeaderLines } from './header-lines.ts';
import { normalizeHost } from './request-host.ts';

/** What the new `Host` may be made of. */
export interface HostInput {
  /** The one that was chosen; undefined: none is yet. */
  readonly endpoint: Endpoint | undefined;
  /** As it came, without its query. */
  readonly path: string;
}

/**
 * The `Host` that a route asks for; undefined: the one that the client sent. Null: what it is to be made of gives none, and the
 * request must not go on as if it had.
 */
export function rewrittenHost(
  to: HostSource | undefined,
  lines: HeaderLines,
  { endpoint, path }: HostInput,
): string | null | undefined {
  if (to === undefined) return undefined;
  if (to.kind === 'literal') return to.value;
  if (to.kind === 'endpoint') return endpoint && nameOf(endpoint);
  const value =
    to.kind === 'header'
      ? firstValue(lines, to.name)
      : rewriteRegex(to.pattern, to.substitution, path);
  if (value === undefined || value === '') return undefined;
  return normalizeHost(value, false) === undefined ? null : value;
}

function nameOf({ host, hostname }: Endpoint): string | undefined {
  const name = hostname ?? (isIP(host) === 0 ? host : undefined);
  return name !== undefined && isIP(name) === 6 ? `[${name}]` : name;
}

/** Replaces the value of the `host` line; the one before is kept in `x-forwarded-host` where that is asked for. */
export function replaceHost(
  lines: HeaderLines,
  host: string,
  rewrite: HostRewrite | undefined,
): void {
  const at = lineAt(lines, 'host');
  const former = lines[at + 1] ?? '';
  lines[at + 1] = host;
  if (rewrite?.appendForwarded !== true) return;
  const index = lineAt(lines, 'x-forwarded-host');
  const forwarded = lines[index + 1];
  if (forwarded === undefined) lines.push('x-forwarded-host', former);
  else if (forwarded.split(',').at(-1) !== former) lines[index + 1] = `${forwarded},${former}`;
}
