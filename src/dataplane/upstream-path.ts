import type { LlmBackend } from '../ir/cluster.ts';
import type { PathMatch } from '../ir/matcher.ts';

/** Puts the route's rewrite in place of what matched; for a regular expression or an exact path that is the whole path. */
export function rewrittenPath(path: string, match: PathMatch, prefixRewrite: string): string {
  const rest = match.kind === 'prefix' ? path.slice(match.value.length) : '';
  const rewritten = prefixRewrite + rest;
  return rewritten.startsWith('/') ? rewritten : `/${rewritten}`;
}

/** The path at a model server: all of it replaced, or another base in place of `/v1`. */
export function modelServerPath(path: string, { fullPath, basePath }: LlmBackend): string {
  if (fullPath !== undefined) return fullPath;
  if (basePath === undefined) return path;
  if (path !== '/v1' && !path.startsWith('/v1/')) return path;
  const joined = basePath.replace(/\/+$/, '') + path.slice('/v1'.length);
  return joined.startsWith('/') ? joined : `/${joined}`;
}
