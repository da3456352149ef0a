import type { LlmBackend } from '../ir/llm.ts';
import type { PathMatch } from '../ir/matcher.ts';

/** Puts the route's rewrite in place of what matched; for a regular expression or an exact path that is the whole path. */
export function rewrittenPath(path: string, match: PathMatch, prefixRewrite: string): string {
  const rest = match.kind === 'prefix' ? path.slice(match.value.length) : '';
  const rewritten = prefixRewrite + rest;
  return rewritten.startsWith('/') ? rewritten : `/${rewritten}`;
}

/**
 * Whether the rewrite makes a dot segment of what the client wrote behind the prefix: by `/api` to `/static/`, `/api../x`
 * would become `/static/../x`, a path that nobody has authorized.
 */
export function makesDotSegment(path: string, match: PathMatch, prefixRewrite: string): boolean {
  if (match.kind !== 'prefix') return false;
  const rest = path.slice(match.value.length);
  const joint = prefixRewrite.slice(prefixRewrite.lastIndexOf('/') + 1) + rest.split('/', 1)[0];
  return joint.split(/%2f/i).some((part) => part === '.' || part === '..');
}

/** The path at a model server: all of it replaced, or another base in place of `/v1`. */
export function modelServerPath(path: string, { fullPath, basePath }: LlmBackend): string {
  if (fullPath !== undefined) return fullPath;
  if (basePath === undefined) return path;
  if (path !== '/v1' && !path.startsWith('/v1/')) return path;
  const joined = basePath.replace(/\/+$/, '') + path.slice('/v1'.length);
  return joined.startsWith('/') ? joined : `/${joined}`;
}
