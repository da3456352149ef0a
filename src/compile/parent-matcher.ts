import type { RouteSpec } from '../api/route.ts';
import type { Note } from './findings.ts';
import type { HostScope } from './providers.ts';
import type { ParentMatcher } from './route-plan.ts';

interface PlannedRoute {
  readonly spec: RouteSpec;
  readonly path: string;
}

/** Why the routes of a table cannot be within what a delegating route takes. */
export function parentMatcherFault({
  spec: { matchers = [] },
  path,
}: PlannedRoute): Note | undefined {
  const [matcher] = matchers;
  const isPrefix = matcher?.exact === undefined && matcher?.regex === undefined;
  if (matchers.length <= 1 && isPrefix && !matcher?.connectMatcher) return undefined;
  const isOne = matchers.length === 1;
  return {
    reason: 'InvalidRoute',
    path: `${path}.matchers`,
    what: 'the routes of a table cannot be within that',
    found: isOne ? 'a matcher without a prefix' : `${matchers.length} matchers`,
    accepted: 'one matcher with a prefix, or none',
    gloo: isOne
      ? 'invalid route: routes with delegate actions must use a prefix matcher'
      : 'invalid route: routes with delegate actions must omit or specify a single matcher',
  };
}

/** What a delegating route takes, and the routes of its tables have to be within. */
export function parentMatcher(
  { spec, path }: PlannedRoute,
  { findings, isDetached = false }: Pick<HostScope, 'findings' | 'isDetached'>,
): ParentMatcher {
  const [matcher = {}] = spec.matchers ?? [];
  if (matcher.prefix) return { ...matcher, prefix: matcher.prefix };
  const { prefix: _prefix, caseSensitive: _case, ...rest } = matcher;
  // By itself a table cannot know what it inherits.
  if (Object.keys(rest).length > 0 && !isDetached) {
    findings.warn({
      reason: 'InvalidRoute',
      path: `${path}.matchers[0]`,
      what: 'as in Gloo, a delegating route without a path takes everything and its other conditions do not count',
      found: 'no prefix',
      accepted: 'prefix: /',
    });
  }
  return { prefix: '/' };
}
