import type { MatcherSpec } from '../api/matcher.ts';
import type { RouteSpec } from '../api/route.ts';
import type { ParentMatcher } from './route-plan.ts';
import { isBelow } from './segments.ts';

/** What a delegating route hands down to the routes of its tables. */
export interface Heritage {
  readonly matcher: ParentMatcher;
  readonly inheritsPath: boolean;
  readonly inheritsRest: boolean;
}

/** What the routes of a table take of the delegating route, when they do not say it themselves. */
export function inheritanceOf(
  { inheritablePathMatchers, inheritableMatchers }: RouteSpec,
  parent: Heritage | undefined,
): Omit<Heritage, 'matcher'> {
  return {
    inheritsPath: inheritablePathMatchers ?? parent?.inheritsPath ?? false,
    inheritsRest: inheritableMatchers ?? parent?.inheritsRest ?? false,
  };
}

/** The matchers of a route of a table, with what they inherit; a text says why the route is not within its parent. */
export function childMatchers(
  spec: RouteSpec,
  parent: Heritage,
  isStrict: boolean,
): { readonly matchers: readonly MatcherSpec[] } | { readonly violation: string } {
  const own = spec.matchers?.length ? spec.matchers : [{}];
  const inherits = inheritanceOf(spec, parent);
  const matchers = own.map((matcher) => withInherited(matcher, { ...parent, ...inherits }));
  // Without any matcher a route takes everything, which is more than its parent may.
  const bare = spec.matchers?.length ? undefined : '/';
  for (const matcher of matchers) {
    const path = pathOf(matcher) ?? bare;
    const violation =
      pathViolation(path, requiredPrefix(matcher, parent.matcher, isStrict), isStrict) ??
      violationOf(matcher, parent.matcher);
    if (violation !== undefined) return { violation };
  }
  return {
    matchers: matchers.map((matcher) =>
      within(matcher, requiredPrefix(matcher, parent.matcher, isStrict), bare),
    ),
  };
}

function withInherited(
  own: MatcherSpec,
  { matcher: parent, inheritsPath, inheritsRest }: Heritage,
): MatcherSpec {
  let merged = own;
  if (inheritsPath) {
    const { prefix: _prefix, exact: _exact, regex: _regex, caseSensitive: _case, ...rest } = merged;
    const { prefix, caseSensitive } = parent;
    merged = { ...rest, prefix, ...(caseSensitive === undefined ? {} : { caseSensitive }) };
  }
  if (!inheritsRest) return merged;
  return {
    ...merged,
    headers: [...(merged.headers ?? []), ...(parent.headers ?? [])],
    queryParameters: [...(merged.queryParameters ?? []), ...(parent.queryParameters ?? [])],
    methods: [...new Set([...(merged.methods ?? []), ...(parent.methods ?? [])])],
  };
}

/** Where prefixes are segments, what an expression adds to one begins with a slash, unless it adds nothing. */
function requiredPrefix(
  { exact, regex }: MatcherSpec,
  { prefix }: ParentMatcher,
  isStrict: boolean,
): string {
  const adds = exact === undefined && regex !== undefined && regex !== prefix;
  return isStrict && adds && !prefix.endsWith('/') ? `${prefix}/` : prefix;
}

function pathViolation(
  path: string | undefined,
  prefix: string,
  isStrict: boolean,
): string | undefined {
  // One without a path is wrong in itself, which is told elsewhere.
  if (path === undefined || isBelow(path, prefix, isStrict)) return undefined;
  return `required prefix: ${prefix}, prefix: ${path}: invalid route: route table matchers must begin with the prefix of their parent route's matcher`;
}

/** Gloo's words for what a child lacks beside the path. */
function violationOf(child: MatcherSpec, parent: ParentMatcher): string | undefined {
  if ((child.caseSensitive ?? true) !== (parent.caseSensitive ?? true)) {
    return `required caseSensitive: ${parent.caseSensitive ?? true}, caseSensitive: ${child.caseSensitive ?? true}: invalid route: route table matchers must have the same case sensitivity as their parent route's matcher`;
  }
  const lists = [
    ['headers', child.headers, parent.headers],
    ['query parameters', child.queryParameters, parent.queryParameters],
    ['methods', child.methods, parent.methods],
  ] as const;
  for (const [title, own, required] of lists) {
    const had = new Set((own ?? []).map(textOf));
    const lacking = (required ?? []).filter((one) => !had.has(textOf(one)));
    if (lacking.length === 0) continue;
    return `required ${title}: ${namesOf(required)}, ${title}: ${namesOf(own)}: invalid route: route table matchers must have all ${title} that were specified on their parent route's matcher`;
  }
  return undefined;
}

function pathOf({ prefix, exact, regex }: MatcherSpec): string | undefined {
  return exact ?? regex ?? prefix;
}

type Condition = string | { readonly name: string; readonly value?: string };

function textOf(condition: Condition): string {
  if (typeof condition === 'string') return condition;
  const { name, value = '', ...flags } = condition;
  const set = Object.entries(flags).flatMap(([flag, on]) => (on === true ? [flag] : []));
  return JSON.stringify([name.toLowerCase(), value, set.sort()]);
}

/** Values may be secret. */
function namesOf(conditions: readonly Condition[] | undefined): string {
  const names = (conditions ?? []).map((one) => (typeof one === 'string' ? one : one.name));
  return `[${names.join(' ')}]`;
}

/**
 * An expression that only begins like the prefix, such as `/a|/b`, would lead out of it: its rest is bound to the prefix. Whoever may
 * write a table gets no more of a virtual host than the delegating route gives.
 */
function within(child: MatcherSpec, prefix: string, bare: string | undefined): MatcherSpec {
  const { regex } = child;
  if (regex === undefined)
    return bare === undefined || pathOf(child) ? child : { ...child, prefix: bare };
  const rest = regex.slice(prefix.length);
  const isPlain = /^[\w/-]*$/.test(prefix);
  if (prefix === '/' || (isPlain && !/^[*+?{]/.test(rest) && !rest.includes('|'))) {
    return child;
  }
  return { ...child, regex: `${prefix.replaceAll(/[^\w/-]/g, '\\$&')}(?:${rest})` };
}
