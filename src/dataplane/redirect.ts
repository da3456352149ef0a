import type { RedirectAction, RedirectPath } from '../ir/table.ts';
import { rewriteRegex } from '../rbac/regex.ts';
import type { LocalReply } from './denial.ts';

/** What a redirect is made from. */
export interface RedirectInput {
  readonly scheme: 'http' | 'https';
  readonly authority: string;
  readonly path: string;
  readonly query: string | undefined;
  /** The prefix that matched; empty for other kinds of match. */
  readonly prefix: string;
}

const authorityForm = /^(.*?)(?::(\d+))?$/;

/** Envoy's redirect: everything that the action does not name stays as it was asked for. */
export function redirectReply(action: RedirectAction, input: RedirectInput): LocalReply {
  const scheme = action.https ? 'https' : input.scheme;
  const [, host = '', port] = authorityForm.exec(input.authority) ?? [];
  const path = action.path === undefined ? input.path : rooted(redirectedPath(action.path, input));
  const keepsQuery = !action.stripQuery && input.query !== undefined && !path.includes('?');
  const target = keepsQuery ? `${path}?${input.query}` : path;
  const location = `${scheme}://${action.host ?? host}${portSuffix(action, port, input.scheme)}${target}`;
  return { status: action.status, body: '', headers: ['location', location] };
}

/** A port that was the default of the old scheme does not fit the new one. */
function portSuffix(
  action: RedirectAction,
  port: string | undefined,
  scheme: 'http' | 'https',
): string {
  if (action.port !== undefined) return `:${action.port}`;
  if (port === undefined || action.host !== undefined) return '';
  const changed = action.https && scheme === 'http';
  return changed && port === '80' ? '' : `:${port}`;
}

/** Without the slash, what the client wrote behind the prefix would go on with the host name. */
function rooted(path: string): string {
  return path.startsWith('/') ? path : `/${path}`;
}

function redirectedPath(rule: RedirectPath, { path, prefix }: RedirectInput): string {
  if (rule.kind === 'replace') return rule.value;
  if (rule.kind === 'prefix') return rule.value + path.slice(prefix.length);
  return rewriteRegex(rule.pattern, rule.substitution, path);
}
