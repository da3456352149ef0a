import type { HostRewrite } from '../ir/rewrite.ts';
import type { EnvoyConfig } from './typed-config.ts';

/** Fields of a `RouteAction` for another `Host`. */
export function hostRewrite({ to, appendForwarded }: HostRewrite): EnvoyConfig {
  return { ...source(to), ...(appendForwarded ? { append_x_forwarded_host: true } : {}) };
}

function source(to: HostRewrite['to']): EnvoyConfig {
  if (to === undefined) return {};
  if (to.kind === 'literal') return { host_rewrite_literal: to.value };
  if (to.kind === 'endpoint') return { auto_host_rewrite: true };
  if (to.kind === 'header') return { host_rewrite_header: to.name };
  const { pattern, substitution } = to;
  return { host_rewrite_path_regex: { pattern: { regex: pattern }, substitution } };
}
