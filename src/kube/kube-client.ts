import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import { createCallLimit } from './call-limit.ts';
import { jsonLines } from './json-lines.ts';
import type { KubeAccess } from './kube-access.ts';
import { parsedBody, refusalOf } from './kube-answer.ts';
import { KubeApiError } from './kube-api-error.ts';
import { createKubeConnections } from './kube-connections.ts';
import type { KubeCredentials } from './kube-credentials.ts';
import type { KubeAnswer, KubeCall } from './kube-exchange.ts';
import { createRecovery, type Recovery } from './recovery.ts';

/** The Kubernetes API, over as few connections as its streams need; every call may be made at any time. */
export interface KubeClient {
  /**
   * Sends a request and gives the parsed body of a 2xx answer. Throws `KubeApiError` with the answer's status otherwise, with
   * status 0 when there was no answer (connection, timeout, abort).
   */
  readonly request: <T>(request: KubeRequest) => Promise<T>;
  /**
   * Opens a watch and gives each line parsed, in order; returns when the server ends the stream, throws `KubeApiError` when it
   * refuses or the connection breaks. Leaving the loop, or the signal, closes the stream.
   */
  readonly watch: (request: KubeRequest) => AsyncIterable<unknown>;
  /** Calls the listener when a request has gone well after others came to nothing; the returned function ends that. */
  readonly onRecovered: (listener: () => void) => () => void;
  /** Ends every connection. */
  readonly close: () => Promise<void>;
  /** For metrics: requests sent and connections opened since the start, connections open now. */
  readonly stats: () => KubeClientStats;
}

interface KubeClientStats {
  readonly requests: number;
  readonly connectionsOpened: number;
  readonly connections: number;
}

export interface KubeRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Without the query, e.g. `/apis/gateway.solo.io/v1/virtualservices`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Default `application/json`. */
  readonly accept?: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Default `application/json`; a PATCH needs its own. */
  readonly contentType?: 'application/json' | 'application/merge-patch+json';
  /** How long an answer may take; default 10 s. Not for watches: those are silent for minutes. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** For a watch: called when the server has accepted it, which may be minutes before the first line. */
  readonly opened?: () => void;
}

export interface KubeClientOptions {
  readonly credentials: KubeCredentials;
  readonly clock: Clock;
  /** Sent as `user-agent`. */
  readonly userAgent: string;
}

const answerWithinMs = 10_000;
/** The head of the answer to a watch; the server may wait for its cache before. */
const watchOpenWithinMs = 30_000;
const maxLineBytes = 16 * 1024 * 1024;

/** Creates a client; nothing is connected before the first request. */
export function createKubeClient(options: KubeClientOptions): KubeClient {
  const { credentials, clock } = options;
  const server = new URL(credentials.facts.server);
  const connections = createKubeConnections({ server, clock });
  const recovery = createRecovery();
  let requests = 0;
  const send: Send = async (request, signal) => {
    const call = callOf(request, options, signal);
    const sendWith = (access: KubeAccess): Promise<KubeAnswer> => {
      requests += 1;
      const headers = { ...call.headers, ...access.headers };
      return connections.send({ ...call, headers }, access);
    };
    const access = await credentials.access();
    const answer = await sendWith(access);
    if (answer.status !== 401) return checked(answer, request);
    await refusalOf(answer, '');
    return checked(await sendWith(await credentials.renewed(access)), request);
  };
  return {
    request: <T>(request: KubeRequest) => ask<T>(request, send, { clock, recovery }),
    watch: (request) => watch(request, send, { clock, recovery }),
    onRecovered: recovery.onRecovered,
    close: () => connections.close(),
    stats: () => {
      const { opened, open } = connections.stats();
      return { requests, connectionsOpened: opened, connections: open };
    },
  };
}

type Send = (request: KubeRequest, signal: AbortSignal) => Promise<KubeAnswer>;

interface CallContext {
  readonly clock: Clock;
  readonly recovery: Recovery;
}

async function ask<T>(
  request: KubeRequest,
  send: Send,
  { clock, recovery }: CallContext,
): Promise<T> {
  const limit = createCallLimit(clock, request, request.timeoutMs ?? answerWithinMs);
  try {
    const body = await parsedBody(await send(request, limit.signal));
    recovery.succeeded();
    return body as T;
  } catch (thrown) {
    throw failure(thrown, request, recovery);
  } finally {
    limit.end();
  }
}

async function* watch(
  request: KubeRequest,
  send: Send,
  { clock, recovery }: CallContext,
): AsyncGenerator<unknown, void> {
  const limit = createCallLimit(clock, request, request.timeoutMs ?? watchOpenWithinMs);
  try {
    const { body } = await send(request, limit.signal);
    limit.met();
    recovery.succeeded();
    request.opened?.();
    yield* jsonLines(body, maxLineBytes);
  } catch (thrown) {
    throw failure(thrown, request, recovery);
  } finally {
    limit.end();
  }
}

function callOf(request: KubeRequest, options: KubeClientOptions, signal: AbortSignal): KubeCall {
  const { method, path, query = {}, body } = request;
  const { accept = 'application/json', contentType = 'application/json' } = request;
  const prefix = new URL(options.credentials.facts.server).pathname.replace(/\/$/, '');
  const search = new URLSearchParams(query).toString();
  return {
    method,
    path: `${prefix}${path}${search === '' ? '' : `?${search}`}`,
    headers: {
      accept,
      'user-agent': options.userAgent,
      ...(body === undefined ? {} : { 'content-type': contentType }),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
    signal,
  };
}

async function checked(answer: KubeAnswer, request: KubeRequest): Promise<KubeAnswer> {
  if (answer.status >= 200 && answer.status < 300) return answer;
  throw await refusalOf(answer, `${request.method} ${request.path}`);
}

function failure(thrown: unknown, request: KubeRequest, recovery: Recovery): KubeApiError {
  const error = asApiError(thrown, request);
  // What the caller has broken off says nothing of the server.
  if (request.signal?.aborted !== true) recovery.failed(error);
  return error;
}

function asApiError(thrown: unknown, { method, path }: KubeRequest): KubeApiError {
  if (thrown instanceof KubeApiError) return thrown;
  return new KubeApiError(0, `${method} ${path}: ${messageOf(thrown)}`, { cause: thrown });
}
