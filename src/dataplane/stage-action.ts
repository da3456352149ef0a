import type { RouteAction } from '../ir/table.ts';
import type { Denial } from './denial.ts';
import type { Exchange } from './exchange.ts';
import { redirectReply } from './redirect.ts';

/** What the route does with a request that was let through; forwarding is left to the caller. */
export function actionStage(exchange: Exchange): Denial | undefined {
  const action = exchange.route?.route.action;
  if (action === undefined) return undefined;
  exchange.trace?.push(actionNote(action));
  if (action.kind === 'closed') {
    return { status: action.status, body: action.body, reason: 'closed', detail: action.detail };
  }
  if (action.kind === 'direct') {
    exchange.reply = { status: action.status, body: action.body };
  } else if (action.kind === 'redirect') {
    const { connection, authority, path, query, matcher } = exchange;
    const match = matcher?.matcher.path;
    const prefix = match?.kind === 'prefix' ? match.value : '';
    const input = { scheme: connection.scheme, authority, path, query, prefix };
    exchange.reply = redirectReply(action, input);
  }
  return undefined;
}

function actionNote(action: RouteAction): string {
  if (action.kind === 'closed') return `the route is closed: ${action.detail}`;
  if (action.kind === 'direct') return `answered by the gateway itself with ${action.status}`;
  if (action.kind === 'redirect') return `redirected with ${action.status}`;
  const names = action.destinations.map(({ cluster, weight }) => `${cluster} (weight ${weight})`);
  return `forwarded to ${names.join(' or ')}`;
}
