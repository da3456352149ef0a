import type { LlmBackend } from '../ir/llm.ts';
import type { PathMatch } from '../ir/matcher.ts';
import type { RegexRewrite } from '../ir/rewrite.ts';
import { escapeRegex, escapeSubstitution, type EnvoyConfig } from './typed-config.ts';

/** Fields of a `RouteAction` that rewrite the path; a text says why there are none that do it. */
export function pathRewrite(
  match: PathMatch,
  {
    prefixRewrite,
    regexRewrite,
  }: { readonly prefixRewrite?: string; readonly regexRewrite?: RegexRewrite },
  llm: LlmBackend | undefined,
): EnvoyConfig | string {
  if (llm?.fullPath !== undefined) return wholePath(rooted(llm.fullPath));
  if (regexRewrite !== undefined) {
    if (llm?.basePath !== undefined) return 'basePath of a model server behind a regexRewrite';
    const { pattern, substitution } = regexRewrite;
    return { regex_rewrite: { pattern: { regex: pattern }, substitution } };
  }
  if (llm?.basePath === undefined) return prefixRewriteOf(match, prefixRewrite);
  const base = llm.basePath.replace(/\/+$/, '');
  if (prefixRewrite === undefined) return basePath('^/v1', base);
  const { kind, value } = match;
  const path = rooted(prefixRewrite);
  if (path !== '/v1' && !path.startsWith('/v1/')) {
    return 'basePath of a model server behind a prefixRewrite that does not begin with /v1';
  }
  const replaced = base + path.slice('/v1'.length);
  if (kind !== 'prefix') return wholePath(rooted(replaced));
  const prefix = `^${caseFlag(match)}${escapeRegex(value)}`;
  return path === '/v1' ? basePath(prefix, replaced) : rewrite(prefix, rooted(replaced));
}

/** What matched is replaced; for an expression or an exact path that is the whole path. */
function prefixRewriteOf(match: PathMatch, prefixRewrite: string | undefined): EnvoyConfig {
  if (prefixRewrite === undefined) return {};
  if (prefixRewrite !== '') return { prefix_rewrite: rooted(prefixRewrite) };
  if (match.kind !== 'prefix') return { prefix_rewrite: '/' };
  // To Envoy an empty rewrite is none; the path has to begin with one slash.
  return rewrite(`^${caseFlag(match)}${escapeRegex(match.value)}/?`, '/');
}

function caseFlag({ caseSensitive }: PathMatch): string {
  return caseSensitive ? '' : '(?i)';
}

function rooted(path: string): string {
  return path.startsWith('/') ? path : `/${path}`;
}

function wholePath(path: string): EnvoyConfig {
  return rewrite('^.*$', path);
}

/** Another base in place of whole segments. */
function basePath(prefix: string, base: string): EnvoyConfig {
  if (base === '') {
    return { regex_rewrite: { pattern: { regex: `${prefix}(?:/(.*))?$` }, substitution: '/\\1' } };
  }
  const substitution = `${escapeSubstitution(rooted(base))}\\1`;
  return { regex_rewrite: { pattern: { regex: `${prefix}(/.*)?$` }, substitution } };
}

function rewrite(regex: string, path: string): EnvoyConfig {
  return { regex_rewrite: { pattern: { regex }, substitution: escapeSubstitution(path) } };
}
