import type { RouteOptions, VirtualHostOptions } from '../api/options.ts';
import type { RouteSpec, WeightedDestination } from '../api/route.ts';

/** Options that guard a route and are not enforced here yet, and the field that turns one off: leaving them out would open it. */
const guards = {
  extauth: 'disable',
  waf: 'disabled',
  dlp: undefined,
  csrf: undefined,
  extProc: 'disabled',
} as const;

/** Names of the options that guard a route. */
export const guardNames = Object.keys(guards) as readonly (keyof typeof guards)[];

type Options = Pick<RouteOptions & VirtualHostOptions, keyof typeof guards>;

/** The first guard in force on a route that would have to be enforced; undefined: there is none. */
export function unenforcedGuard(route: RouteSpec, host: VirtualHostOptions): string | undefined {
  const own = route.options ?? {};
  for (const [name, off] of Object.entries(guards)) {
    const option = name as keyof typeof guards;
    // A route's own option replaces that of the virtual host, also to turn it off.
    if (asksFor(own[option] ?? host[option], off)) return `options.${name}`;
  }
  if (memberOf(own.ai, 'promptGuard') !== undefined) return 'options.ai.promptGuard';
  const shared = sharesGuard(route.routeAction?.multi?.destinations ?? []);
  return shared === undefined ? undefined : `routeAction.multi.${shared}`;
}

/** The first guard of a share of a weighted route that would have to be enforced: a share can have guards of its own. */
export function sharesGuard(shares: readonly WeightedDestination[]): string | undefined {
  for (const [index, { options }] of shares.entries()) {
    const name = ['extauth', 'csrf'].find((one) =>
      asksFor(memberOf(options, one), one === 'extauth' ? guards.extauth : undefined),
    );
    if (name !== undefined) return `destinations[${index}].options.${name}`;
  }
  return undefined;
}

function asksFor(option: Options[keyof Options], off: string | undefined): boolean {
  return option !== undefined && (off === undefined || memberOf(option, off) !== true);
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return Reflect.get(value, name);
}
