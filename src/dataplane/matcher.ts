import type { HeaderMatch, Matcher, PathMatch, QueryMatch } from '../ir/matcher.ts';
import { compileRegex } from '../rbac/regex.ts';
import { headerValues } from './header-values.ts';
import { firstParameter } from './query.ts';

/** What a matcher looks at. */
export interface MatchInput {
  readonly method: string;
  /** Normalised, without query. */
  readonly path: string;
  readonly query: string | undefined;
  /** As sent. */
  readonly authority: string;
  /** Flat, names in lower case. */
  readonly headers: readonly string[];
}

/** Tests a request. */
export type Test = (input: MatchInput) => boolean;

/** Turns a matcher into one function; regular expressions are compiled here, once. */
export function compileMatcher(matcher: Matcher): Test {
  const path = pathTest(matcher.path);
  const rest: Test[] = [];
  if (matcher.methods.length > 0) {
    const methods = new Set(matcher.methods);
    rest.push((input) => methods.has(input.method));
  }
  for (const header of matcher.headers) rest.push(headerTest(header));
  for (const parameter of matcher.query) rest.push(queryTest(parameter));
  if (rest.length === 0) return path;
  return (input) => path(input) && rest.every((test) => test(input));
}

function pathTest(match: PathMatch): Test {
  const { kind, value, caseSensitive } = match;
  if (kind === 'regex') {
    const regex = compileRegex(value);
    return (input) => regex.testBytes(input.path);
  }
  if (kind === 'prefix' && value === '/') return () => true;
  if (match.bySegment === true) return segmentTest(value, caseSensitive);
  if (caseSensitive) {
    return kind === 'exact'
      ? (input) => input.path === value
      : (input) => input.path.startsWith(value);
  }
  const lower = value.toLowerCase();
  return kind === 'exact'
    ? (input) => input.path.toLowerCase() === lower
    : (input) => input.path.toLowerCase().startsWith(lower);
}

function segmentTest(prefix: string, caseSensitive: boolean): Test {
  const wanted = caseSensitive ? prefix : prefix.toLowerCase();
  const below = `${wanted}/`;
  return ({ path: sent }) => {
    const path = caseSensitive ? sent : sent.toLowerCase();
    return path === wanted || path.startsWith(below);
  };
}

function headerTest(match: HeaderMatch): Test {
  const { name, kind, invert } = match;
  if (kind === 'present') return (input) => valuesOf(input, name).length > 0 !== invert;
  const matches = valueTest(kind, match.value);
  // One line of several is enough. An absent header matches neither a value nor its inversion (Envoy).
  return (input) => {
    const values = valuesOf(input, name);
    return values.length > 0 && values.some(matches) !== invert;
  };
}

function valuesOf(input: MatchInput, name: string): readonly string[] {
  if (name === 'host') return [input.authority];
  if (!name.startsWith(':')) return headerValues(input.headers, name);
  const value = pseudoHeader(input, name);
  return value === undefined ? [] : [value];
}

function pseudoHeader(input: MatchInput, name: string): string | undefined {
  if (name === ':method') return input.method;
  if (name === ':authority') return input.authority;
  if (name !== ':path') return undefined;
  return input.query === undefined ? input.path : `${input.path}?${input.query}`;
}

function queryTest(match: QueryMatch): Test {
  const { name, kind } = match;
  if (kind === 'present') return (input) => firstParameter(input.query, name) !== undefined;
  const matches = valueTest(kind, match.value);
  return (input) => {
    const value = firstParameter(input.query, name);
    return value !== undefined && matches(value);
  };
}

function valueTest(kind: 'exact' | 'regex', value: string): (text: string) => boolean {
  return kind === 'exact' ? (text) => text === value : compileRegex(value).testBytes;
}
