import type { Call } from './call.ts';
import type { LocalReply } from './denial.ts';
import type { Exchange, ForwardedHead } from './exchange.ts';
import { editLines, firstValue, type ValueSource } from './header-edits.ts';
import { isHeaderValue, type HeaderLines } from './header-lines.ts';
import type { PreparedShare } from './program.ts';

/** The share of the route that serves the request; chosen once. */
export function chosenShare(exchange: Exchange): PreparedShare | undefined {
  exchange.share ??= exchange.route?.destinations.next();
  return exchange.share;
}

/** Makes the changes of the route in the lines for the upstream, which are all there by now. */
export function editRequest(call: Call, lines: HeaderLines): void {
  const { exchange } = call;
  const edits = editsOf(exchange);
  if (edits === undefined) return;
  // What an answer repeats is what came, and what the gateway says of it: never a secret that is added.
  exchange.forwarded = { lines: [...lines], path: exchange.path, authority: exchange.authority };
  const request = edits.map((one) => one?.request);
  editLines(
    lines,
    request,
    sourceFor(call, 0, { lines, path: exchange.pathWithQuery, authority: exchange.authority }),
  );
}

/** Makes the changes of the route in an answer, and says which origin may read it. */
export function editResponse(call: Call, lines: HeaderLines, status: number): void {
  const { exchange } = call;
  // Without a route there is nobody to ask for it, also when it was a claim that led nowhere.
  if (exchange.reason === 'no_route') return;
  const edits = editsOf(exchange);
  if (edits !== undefined) {
    const response = edits.map((one) => one?.response);
    editLines(lines, response, sourceFor(call, status, exchange.forwarded ?? headOf(exchange)));
  }
  if (exchange.origin !== '') exchange.corsRoute?.cors?.decorate(lines, exchange.origin);
}

function editsOf(exchange: Exchange): PreparedShare['levels'] | undefined {
  const { route } = exchange;
  if (route === undefined) return undefined;
  return route.editsHeaders ? (chosenShare(exchange)?.levels ?? route.levels) : undefined;
}

/** Of a request that went nowhere; where it was refused, a token may stand in the query. */
function headOf(exchange: Exchange): ForwardedHead {
  const { headers, authority, path, pathWithQuery, verdict } = exchange;
  return { lines: headers, authority, path: verdict === 'denied' ? path : pathWithQuery };
}

function sourceFor(call: Call, status: number, head: ForwardedHead): ValueSource {
  const { exchange } = call;
  const { connection, raw } = exchange;
  const pseudo: Readonly<Record<string, () => string>> = {
    ':authority': () => head.authority,
    ':method': () => exchange.method,
    ':path': () => head.path,
    ':scheme': () => connection.scheme,
  };
  return {
    request: (name) => pseudo[name]?.() ?? firstValue(head.lines, name),
    peer: connection.peer,
    protocol:
      raw.httpVersionMajor > 1 ? `HTTP/${raw.httpVersionMajor}` : `HTTP/1.${raw.httpVersionMinor}`,
    status,
    startedMs: () => call.startedMs,
  };
}

/** The lines of an answer of the gateway itself, without those that frame it. */
export function localLines(call: Call, reply: LocalReply): HeaderLines {
  const own = (reply.headers ?? []).slice();
  const lines: HeaderLines = [];
  for (let index = 0; index < own.length; index += 2) {
    const value = own[index + 1] ?? '';
    if (isHeaderValue(value)) lines.push(own[index] ?? '', value);
  }
  if (reply.isBare === true) return lines;
  // As in Envoy: answers of routes are changed; refusals only where the request would have gone to an upstream, and not in what
  // they say of themselves.
  if (reply === call.exchange.reply) {
    editResponse(call, lines, reply.status);
    return lines;
  }
  const kind = call.exchange.route?.route.action.kind;
  if (kind !== 'forward') return lines;
  const edited: HeaderLines = [];
  editResponse(call, edited, reply.status);
  const names = new Set(lines.filter((_text, index) => index % 2 === 0));
  const kept = edited.filter((_text, index) => !names.has(edited[index - (index % 2)] ?? ''));
  return [...kept, ...lines];
}
