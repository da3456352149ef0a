import { valueAt } from '../base/value-at.ts';
import type { ClaimMatch, ClaimMatcher } from '../ir/rbac.ts';
import { compileRegex } from './regex.ts';

/** Claims of a verified token. */
export type Claims = Readonly<Record<string, unknown>>;

/** A {@link ClaimMatch} made ready: the comparison is strictly by the JSON type of the claim. */
export interface PreparedClaim {
  readonly matches: (claims: Claims) => boolean;
  /** As a user wrote it. */
  readonly name: string;
  /** Why it does not match, without the claim's value unless `show` gives it; undefined when it does. */
  readonly explain: (claims: Claims, show?: ShowValue) => string | undefined;
}

/** A value as a trace may show it; empty: it may not. */
export type ShowValue = (value: unknown) => string;

interface ValueTest {
  readonly wants: string;
  readonly matches: (value: unknown) => boolean;
}

/** Prepares one comparison; throws when a REGEX_MATCH is not RE2, which compile has ruled out. */
export function prepareClaim(match: ClaimMatch): PreparedClaim {
  const test = valueTests[match.matcher](match.value);
  const name = match.path.join(' > ');
  return {
    name,
    matches: (claims) => test.matches(valueAt(claims, match.path)),
    explain: (claims, show = () => '') => {
      const value = valueAt(claims, match.path);
      if (test.matches(value)) return undefined;
      if (value === undefined) return `claim ${name} is absent`;
      return `claim ${name} is ${typeName(value)}${show(value)}, wanted ${test.wants}`;
    },
  };
}

const valueTests: Readonly<Record<ClaimMatcher, (wanted: string) => ValueTest>> = {
  EXACT_STRING: (wanted) => ({
    wants: 'one string exactly',
    matches: (value) => value === wanted,
  }),
  BOOLEAN: (wanted) => {
    const flag = wanted === 'true';
    return { wants: `the boolean ${flag}`, matches: (value) => value === flag };
  },
  LIST_CONTAINS: (wanted) => ({
    wants: 'a list that contains one string',
    matches: (value) => Array.isArray(value) && value.includes(wanted),
  }),
  REGEX_MATCH: (wanted) => {
    const regex = compileRegex(wanted);
    return {
      wants: 'a string that fits an expression',
      matches: (value) => typeof value === 'string' && regex.test(value),
    };
  },
};

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'string') return 'another string';
  if (typeof value === 'boolean') return 'another boolean';
  return 'a number';
}
