import type { MockBehaviour, MockMatch, MockRule } from './mock-deepseek-rule.ts';

/** The rules that are in force, each with what is left of it. */
export interface MockScript {
  readonly take: (request: MockMatch) => MockBehaviour;
  readonly replace: (rules: readonly MockRule[]) => void;
  readonly rules: () => readonly MockRule[];
}

/** Puts rules in force; the first that fits a request decides. */
export function createMockScript(initial: readonly MockRule[]): MockScript {
  let rules: { readonly rule: MockRule; left: number }[] = [];
  const replace = (next: readonly MockRule[]): void => {
    rules = next.map((rule) => ({ rule, left: rule.times ?? Number.POSITIVE_INFINITY }));
  };
  replace(initial);
  return {
    replace,
    rules: () => rules.map(({ rule }) => rule),
    take: (request) => {
      const found = rules.find(({ rule, left }) => left > 0 && fits(rule.match ?? {}, request));
      if (found === undefined) return {};
      found.left -= 1;
      return found.rule;
    },
  };
}

/** `contains` of the request is its last message. */
function fits(match: MockMatch, request: MockMatch): boolean {
  const { contains = '', ...rest } = match;
  const equal = Object.entries(rest).every(([name, value]) => request[name as 'path'] === value);
  return equal && (request.contains ?? '').includes(contains);
}
