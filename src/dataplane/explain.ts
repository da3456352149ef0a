import { isIP } from 'node:net';

import { Trace } from '../base/trace.ts';
import type { AskedRequest } from '../ir/asked-request.ts';
import type { ExplainedAnswer, Explanation } from '../ir/explanation.ts';
import type { Denial, LocalReply } from './denial.ts';
import { Exchange, type RawRequest } from './exchange.ts';
import { explainClusters } from './explain-clusters.ts';
import { defaultLimits } from './limits.ts';
import { decide } from './pipeline.ts';
import type { PreparedListener, Program } from './program.ts';
import { readRequest } from './read-request.ts';
import { normalizeHost } from './request-host.ts';
import { TlsSession } from './tls-session.ts';

export interface ExplainOptions {
  /** Notes repeat what claims hold: only for whoever brought the token. Default false. */
  readonly showValues?: boolean;
}

/** Has a request decided by the stages that serve, with everything written down, and sends it nowhere. */
export async function explainRequest(
  program: Program,
  asked: AskedRequest,
  { showValues = false }: ExplainOptions = {},
): Promise<Explanation> {
  const trace = new Trace({ showValues });
  const listener = chosenListener(program, asked);
  const name = listener?.listener.name ?? '';
  trace.push(listener === undefined ? 'no listener takes it' : listenerNote(listener));
  trace.end('listener', listener === undefined ? 'no connection' : 'pass');
  if (listener === undefined) {
    return unread(trace, name, { status: 0, body: '', detail: 'nothing listens there' });
  }
  const tls = listener.listener.tls ? handshake(listener, asked, trace) : undefined;
  if (tls === 'refused') {
    return unread(trace, name, { status: 0, body: '', detail: 'no host has that server name' });
  }
  const raw = await readRequest(asked, defaultLimits);
  if (!('rawHeaders' in raw)) {
    trace.end('parser', `${raw.status}`, 'these bytes are no HTTP request');
    return unread(trace, name, { status: raw.status, body: raw.text, detail: 'not readable' });
  }
  program.enter();
  try {
    const exchange = exchangeOf({ program, listener, asked, tls, raw, trace });
    return explanationOf(exchange, asked, await decide(exchange));
  } finally {
    program.leave();
  }
}

function chosenListener(
  { listeners }: Program,
  { listener, scheme, headers }: AskedRequest,
): PreparedListener | undefined {
  if (listener !== undefined) return listeners.get(listener);
  const fitting = [...listeners.values()].filter(
    (one) => one.listener.tls === (scheme === 'https'),
  );
  const authority = hostIn(headers);
  const port = Number(/:(\d+)$/.exec(authority)?.[1] ?? Number.NaN);
  return (
    fitting.find((one) => one.listener.port === port) ??
    fitting.find((one) => serves(one, authority)) ??
    fitting[0]
  );
}

function hostIn(headers: AskedRequest['headers']): string {
  return headers.find(([name]) => name.toLowerCase() === 'host')?.[1] ?? '';
}

function serves({ listener, find }: PreparedListener, authority: string): boolean {
  const host = normalizeHost(authority, listener.stripPort);
  return host !== undefined && find(host) !== undefined;
}

function listenerNote({ listener: { name, port, tls } }: PreparedListener): string {
  return `listener ${name} on port ${port}${tls ? ' with TLS' : ''}`;
}

/** A client that shows whatever certificate is asked for. */
function handshake(
  listener: PreparedListener,
  asked: AskedRequest,
  trace: Trace,
): TlsSession | 'refused' {
  const written = asked.serverName ?? hostIn(asked.headers).replace(/:\d+$/, '');
  const name = written.toLowerCase();
  const serverName = name === '' || isIP(name) !== 0 ? undefined : name;
  const chain = listener.chains?.find(serverName);
  trace.push(serverName === undefined ? 'no server name' : `server name ${serverName}`);
  if (chain?.clients !== undefined) trace.push('a certificate of the client is asked for');
  trace.end('tls', chain === undefined ? 'no connection' : 'pass');
  return chain === undefined ? 'refused' : new TlsSession(serverName, chain);
}

interface ExchangeParts {
  readonly program: Program;
  readonly listener: PreparedListener;
  readonly asked: AskedRequest;
  readonly tls: TlsSession | undefined;
  readonly raw: RawRequest;
  readonly trace: Trace;
}

function exchangeOf({ program, listener, asked, tls, raw, trace }: ExchangeParts): Exchange {
  const connection = { scheme: asked.scheme, peer: '127.0.0.1', tls };
  const exchange = new Exchange({ program, listener, connection, raw, limits: defaultLimits });
  exchange.trace = trace;
  exchange.isQuestion = true;
  return exchange;
}

function explanationOf(
  exchange: Exchange,
  asked: AskedRequest,
  denial: Denial | undefined,
): Explanation {
  const { listener, virtualHost, route, verdict, identities, policy } = exchange;
  const reply = denial ?? exchange.reply;
  const clusters = reply === undefined ? explainClusters(exchange, asked.body) : [];
  const answer = reply === undefined ? clusters[0]?.refusal : answerOf(reply, exchange);
  const isRefused = clusters.every(({ refusal }) => refusal !== undefined);
  return {
    listener: listener.listener.name,
    virtualHost: virtualHost?.virtualHost.name ?? '',
    route: route?.route.name ?? '',
    verdict,
    provider: identities.at(-1)?.provider ?? '',
    policy,
    steps: exchange.trace?.steps ?? [],
    clusters,
    ...(isRefused && answer !== undefined ? { answer } : {}),
  };
}

function answerOf(reply: LocalReply, { reason, detail, method }: Exchange): ExplainedAnswer {
  const { status, headers = [] } = reply;
  return { status, body: method === 'HEAD' ? '' : reply.body, headers, reason, detail };
}

function unread(
  { steps }: Trace,
  listener: string,
  answer: Pick<ExplainedAnswer, 'status' | 'body' | 'detail'>,
): Explanation {
  return {
    listener,
    virtualHost: '',
    route: '',
    verdict: 'none',
    provider: '',
    policy: '',
    steps,
    clusters: [],
    answer: { headers: [], reason: 'bad_request', ...answer },
  };
}
