import type { Logger } from '../base/log.ts';
import type { Exchange } from './exchange.ts';
import type { ModelEnd } from './model-end.ts';
import { modelFields } from './model-fields.ts';

/** What the end of a request adds to what its stages found out. */
interface RequestEnd {
  /** 0: the client left before an answer. */
  readonly status: number;
  readonly cluster: string;
  readonly endpoint: string;
  readonly durationMs: number;
  /** From arrival to the first byte of the answer. */
  readonly firstByteMs: number;
  readonly bytesSent: number;
  /** The answer did not reach the client as a whole. */
  readonly aborted: boolean;
  /** Of a request for a model. */
  readonly model?: ModelEnd | undefined;
}

/** Writes the line of a request. */
export type AccessLog = (exchange: Exchange, end: RequestEnd) => void;

/**
 * One line per request, from the table's names, closed words, numbers and the path: no query, no header, no token, and no claim
 * value but that which a route counts tokens by. Where the lines go, and that they are written without blocking, is the logger's affair.
 */
export function createAccessLog(log: Logger): AccessLog {
  return (exchange, end) => {
    const { route, identities, policy, reason, detail } = exchange;
    log.info(
      {
        vhost: exchange.virtualHost?.virtualHost.name ?? '',
        route: route?.route.name ?? '',
        provider: identities.at(-1)?.provider ?? '',
        verdict: exchange.verdict,
        ...(exchange.jwtFailures && { jwtFailures: exchange.jwtFailures }),
        ...(policy !== '' && { policy }),
        ...(reason !== '' && { reason }),
        ...(detail !== '' && { detail }),
        status: end.status,
        method: exchange.method,
        path: exchange.path,
        upstream: end.cluster,
        endpoint: end.endpoint,
        durationMs: rounded(end.durationMs),
        firstByteMs: rounded(end.firstByteMs),
        bytesReceived: exchange.contentLength,
        bytesSent: end.bytesSent,
        ...(end.aborted && { aborted: true }),
        ...(end.model && { model: modelFields(end.model) }),
      },
      'request',
    );
  };
}

function rounded(ms: number): number {
  return Math.round(ms * 100) / 100;
}
