import type { RedirectAction, RedirectPath } from '../ir/table.ts';
import type { EnvoyConfig } from './typed-config.ts';

const codes = {
  301: 'MOVED_PERMANENTLY',
  302: 'FOUND',
  303: 'SEE_OTHER',
  307: 'TEMPORARY_REDIRECT',
  308: 'PERMANENT_REDIRECT',
} as const;

/** A redirect as Envoy's `RedirectAction`. */
export function redirectAction(action: RedirectAction): EnvoyConfig {
  const { status, host, port, https, path, stripQuery } = action;
  return {
    response_code: codes[status],
    ...(host === undefined ? {} : { host_redirect: host }),
    ...(port === undefined ? {} : { port_redirect: port }),
    ...(https ? { https_redirect: true } : {}),
    ...(path === undefined ? {} : redirectedPath(path)),
    ...(stripQuery ? { strip_query: true } : {}),
  };
}

function redirectedPath(path: RedirectPath): EnvoyConfig {
  if (path.kind === 'replace') return { path_redirect: rooted(path.value) };
  // Without the slash, what the client wrote behind the prefix would go on with the host name.
  if (path.kind === 'prefix') return { prefix_rewrite: rooted(path.value) };
  const { pattern, substitution } = path;
  return { regex_rewrite: { pattern: { regex: pattern }, substitution } };
}

function rooted(path: string): string {
  return path.startsWith('/') ? path : `/${path}`;
}
