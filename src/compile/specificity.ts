import type { MatcherSpec } from '../api/matcher.ts';
import type { RoutePlan } from './route-plan.ts';

/**
 * Gloo's order of the routes of several tables with one weight: more methods first, then exact before regex before prefix, then the
 * greater path first. Those that are equal keep their order.
 */
export function sortBySpecificity(plans: readonly RoutePlan[]): readonly RoutePlan[] {
  return plans
    .map((plan) => ({ plan, matcher: foremost(plan.spec.matchers ?? []) }))
    .toSorted((a, b) => compare(a.matcher, b.matcher))
    .map(({ plan }) => plan);
}

function foremost(matchers: readonly MatcherSpec[]): MatcherSpec {
  return matchers.toSorted(compare)[0] ?? { prefix: '/' };
}

function compare(a: MatcherSpec, b: MatcherSpec): number {
  const methods = (b.methods?.length ?? 0) - (a.methods?.length ?? 0);
  const [first, second] = [pathOf(a), pathOf(b)];
  if (methods !== 0) return methods;
  if (first.rank !== second.rank) return first.rank - second.rank;
  return first.text > second.text ? -1 : first.text < second.text ? 1 : 0;
}

function pathOf({ exact, regex, prefix = '/' }: MatcherSpec): {
  readonly rank: number;
  readonly text: string;
} {
  if (exact !== undefined) return { rank: 0, text: exact };
  return regex === undefined ? { rank: 2, text: prefix } : { rank: 1, text: regex };
}
