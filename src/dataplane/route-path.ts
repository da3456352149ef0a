import type { ForwardAction } from '../ir/table.ts';
import { rewriteRegex } from '../rbac/regex.ts';
import { badRequest, type Denial } from './denial.ts';
import type { Exchange } from './exchange.ts';
import { hidesDotSegment } from './request-target.ts';
import { makesDotSegment, rewrittenPath } from './upstream-path.ts';

type Rewritten = Pick<Exchange, 'path' | 'matcher' | 'route'>;

/** The path that the route sends on. */
export function routePath({ path, matcher, route }: Rewritten): string {
  const action = forwardAction({ route });
  if (action?.regexRewrite) return regexPath(path, action.regexRewrite);
  if (action?.prefixRewrite === undefined || matcher === undefined) return path;
  return rewrittenPath(path, matcher.matcher.path, action.prefixRewrite);
}

/** What the route puts in front of the paths of its upstream; empty: nothing. */
export function routeBase({ route }: Pick<Rewritten, 'route'>): string {
  return forwardAction({ route })?.prefixRewrite ?? '';
}

/** Why the rewritten path must not go on; undefined: it may. */
export function astrayRewrite({ path, matcher, route }: Rewritten): Denial | undefined {
  const action = forwardAction({ route });
  if (action?.regexRewrite) {
    const rewritten = regexPath(path, action.regexRewrite);
    if (!isPath(rewritten)) return noPath;
    return rewritten !== path && hasDotSegment(rewritten) ? dots : undefined;
  }
  if (action?.prefixRewrite === undefined || matcher === undefined) return undefined;
  return makesDotSegment(path, matcher.matcher.path, action.prefixRewrite) ? dots : undefined;
}

const dots = badRequest('bad_target', 'dots at the rewrite');
// Envoy's answer has no body.
const noPath: Denial = {
  status: 400,
  body: '',
  reason: 'bad_target',
  detail: 'what the path is rewritten to is no path',
};

function forwardAction({ route }: Pick<Exchange, 'route'>): ForwardAction | undefined {
  const action = route?.route.action;
  return action?.kind === 'forward' ? action : undefined;
}

/** As Envoy: where nothing is left the path stays. */
function regexPath(
  path: string,
  { pattern, substitution }: { readonly pattern: string; readonly substitution: string },
): string {
  return rewriteRegex(pattern, substitution, path) || path;
}

function isPath(text: string): boolean {
  return /^\/[\x21\x22\x24-\x7e]*$/.test(text);
}

/** Of the path in front of a query that the rewrite may have made, plain or as no request may write it either. */
function hasDotSegment(text: string): boolean {
  const [path = ''] = text.split('?', 1);
  const plain = path.replaceAll(/%2e/gi, '.');
  if (hidesDotSegment(plain)) return true;
  return plain.split(/\/|%2f|\\|%5c/i).some((part) => part === '.' || part === '..');
}
