import type { HeaderMatch, Matcher, PathMatch, QueryMatch } from '../ir/matcher.ts';
import { escapeRegex, type EnvoyConfig } from './typed-config.ts';

/** A matcher as Envoy's `RouteMatch`; both compare the normalised path without its query. */
export function routeMatch({ path, headers, query, methods }: Matcher): EnvoyConfig {
  const headerMatchers = [...methodMatcher(methods), ...headers.map(headerMatcher)];
  return {
    ...pathMatcher(path),
    ...(headerMatchers.length > 0 ? { headers: headerMatchers } : {}),
    ...(query.length > 0 ? { query_parameters: query.map(queryMatcher) } : {}),
  };
}

function pathMatcher({ kind, value, caseSensitive, bySegment }: PathMatch): EnvoyConfig {
  if (kind === 'regex') return { safe_regex: { regex: value } };
  const prefix = bySegment ? { path_separated_prefix: value } : { prefix: value };
  const specifier = kind === 'exact' ? { path: value } : prefix;
  return caseSensitive ? specifier : { ...specifier, case_sensitive: false };
}

function methodMatcher(methods: readonly string[]): readonly EnvoyConfig[] {
  if (methods.length === 0) return [];
  const regex = methods.map(escapeRegex).join('|');
  return [{ name: ':method', string_match: { safe_regex: { regex } } }];
}

function headerMatcher({ name, kind, value, invert }: HeaderMatch): EnvoyConfig {
  const matcher = {
    name: name === 'host' ? ':authority' : name,
    ...(kind === 'present' ? { present_match: true } : { string_match: textMatch(kind, value) }),
  };
  return invert ? { ...matcher, invert_match: true } : matcher;
}

function queryMatcher({ name, kind, value }: QueryMatch): EnvoyConfig {
  return kind === 'present'
    ? { name, present_match: true }
    : { name, string_match: textMatch(kind, value) };
}

function textMatch(kind: 'exact' | 'regex', value: string): EnvoyConfig {
  return kind === 'exact' ? { exact: value } : { safe_regex: { regex: value } };
}
