import type { MatcherSpec } from '../api/matcher.ts';
import type { RouteOptions } from '../api/options.ts';
import type { RouteSpec } from '../api/route.ts';
import type { ClosedAction } from '../ir/table.ts';
import type { Note } from './findings.ts';
import { mergeOptions, type MergedOptions } from './merged-options.ts';
import type { Place } from './parts.ts';

/** A route with everything that it inherits: delegation is resolved. */
export interface RoutePlan {
  readonly name: string;
  /** With the options in force, and the matchers that requests are compared with. */
  readonly spec: RouteSpec;
  readonly path: string;
  /** The RouteTable it is in; undefined: the resource that is compiled. */
  readonly place?: Place;
  readonly options: MergedOptions<RouteOptions>;
  /** It does not open, and answers this in place of its action. */
  readonly closed?: ClosedAction;
  /** What stands in the way of serving it. */
  readonly errors?: readonly Note[];
  /** It stands for routes that are not there: nothing is verified for it. */
  readonly isBare?: boolean;
}

/** A matcher of which the path is a prefix: what delegating routes have. */
export type ParentMatcher = MatcherSpec & { readonly prefix: string };

/** A plan that closes what matchers take. */
export function closedPlan(
  base: Pick<RoutePlan, 'name' | 'path' | 'place' | 'errors'>,
  matchers: readonly MatcherSpec[],
  closed: ClosedAction,
): RoutePlan {
  return {
    ...base,
    spec: { matchers: [...matchers] },
    options: mergeOptions([]),
    closed,
    isBare: true,
  };
}
