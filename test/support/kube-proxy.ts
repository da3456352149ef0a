import { once } from 'node:events';
import {
  connect,
  createSecureServer,
  type ClientHttp2Session,
  type Http2SecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Session,
} from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { kubeCallOf, type KubeCall } from './kube-call.ts';
import { readKubeConfig, writeKubeConfig } from './kube-config-file.ts';
import { createKubeFaults, statusBody, type KubeFault, type KubeFaults } from './kube-faults.ts';
import { createSelfSigned } from './self-signed.ts';
import { startSilentRelay } from './silent-relay.ts';
import { createTempFolder } from './temp-folder.ts';

/** A proxy in front of kube-apiserver that counts, and that fails on command. */
export interface KubeProxy {
  /** Path of a kubeconfig of the same user that goes through the proxy. */
  readonly kubeconfigOf: (kubeconfig: string) => string;
  /** Every request so far, in the order of arrival. */
  readonly requests: () => readonly KubeProxyRequest[];
  /** Open now. */
  readonly connections: () => number;
  readonly faults: KubeFaults;
  /** Ends every connection; new ones are taken. */
  readonly cut: () => void;
  /** Ends the streams of watches, and leaves the connections. */
  readonly cutWatches: () => void;
  /** The connections of now swallow what is sent on them and never say anything again. */
  readonly silence: () => void;
  readonly stop: () => Promise<void>;
}

export interface KubeProxyRequest extends KubeCall {
  /** `performance.now()`. */
  readonly at: number;
  /** Undefined while there is no answer. */
  status?: number;
}

interface Proxy {
  readonly access: { readonly server: string; readonly authority: string };
  readonly seen: KubeProxyRequest[];
  readonly faults: KubeFaults;
  readonly watches: Set<Http2ServerResponse>;
  /** One to the API for each from a client: what becomes of the one becomes of the other. */
  readonly upstreams: WeakMap<object, ClientHttp2Session>;
}

/** Starts a proxy in front of the API of a kubeconfig. */
export async function startKubeProxy(kubeconfig: string): Promise<KubeProxy> {
  const folder = createTempFolder();
  const credentials = createSelfSigned(folder);
  const server = createSecureServer({ ...credentials, allowHTTP1: true });
  const watches = new Set<Http2ServerResponse>();
  const faults = createKubeFaults();
  const access = readKubeConfig(kubeconfig);
  const proxy: Proxy = { access, seen: [], faults, watches, upstreams: new WeakMap() };
  server.on('request', (request, response) => void answer(proxy, request, response));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const relay = await startSilentRelay((server.address() as AddressInfo).port);
  let written = 0;
  return {
    kubeconfigOf: (path) =>
      writeKubeConfig(folder.pathOf(`${(written += 1)}.kubeconfig`), {
        ...readKubeConfig(path),
        server: `https://127.0.0.1:${relay.port}`,
        authority: credentials.cert,
      }),
    requests: () => proxy.seen,
    connections: relay.connections,
    faults,
    cut: relay.cut,
    cutWatches: () => {
      for (const response of watches) endStream(response);
    },
    silence: relay.silence,
    stop: () => stop(server, relay, folder),
  };
}

async function stop(
  server: Http2SecureServer,
  relay: { readonly stop: () => Promise<void> },
  folder: Disposable,
): Promise<void> {
  await relay.stop();
  await new Promise((resolve) => server.close(resolve));
  folder[Symbol.dispose]();
}

async function answer(
  proxy: Proxy,
  request: Http2ServerRequest,
  response: Http2ServerResponse,
): Promise<void> {
  const call = kubeCallOf(request.method, request.url);
  const entry: KubeProxyRequest = { ...call, at: performance.now() };
  proxy.seen.push(entry);
  response.on('error', () => undefined);
  const fault = proxy.faults.of(call);
  if (fault && 'status' in fault) {
    entry.status = fault.status;
    refuse(response, fault);
    return;
  }
  if (fault) await delay(fault.delayMs);
  if (call.verb === 'watch') {
    proxy.watches.add(response);
    response.once('close', () => proxy.watches.delete(response));
  }
  forward(proxy, request, { response, entry });
}

function refuse(
  response: Http2ServerResponse,
  { status, retryAfterSeconds }: Extract<KubeFault, { readonly status: number }>,
): void {
  const retry = retryAfterSeconds === undefined ? {} : { 'retry-after': `${retryAfterSeconds}` };
  response.writeHead(status, { 'content-type': 'application/json', ...retry });
  response.end(statusBody(status));
}

function forward(
  proxy: Proxy,
  request: Http2ServerRequest,
  { response, entry }: { response: Http2ServerResponse; entry: KubeProxyRequest },
): void {
  const stream = upstreamOf(proxy, connectionOf(request)).request({
    ...plainHeaders(request.headers),
    ':method': request.method,
    ':path': request.url,
  });
  stream.on('response', (headers) => {
    const status = headers[':status'] ?? 502;
    entry.status = status;
    response.writeHead(status, plainHeaders(headers));
    // A watch has an answer long before it has an event; HTTP/1 would keep it until then.
    if ('flushHeaders' in response && typeof response.flushHeaders === 'function')
      response.flushHeaders();
    stream.pipe(response);
  });
  stream.on('error', () => endStream(response));
  response.once('close', () => stream.close());
  request.on('error', () => stream.close());
  request.pipe(stream);
}

function upstreamOf(proxy: Proxy, client: ServerHttp2Session | Socket): ClientHttp2Session {
  const known = proxy.upstreams.get(client);
  if (known) return known;
  const session = connect(proxy.access.server, { ca: proxy.access.authority });
  proxy.upstreams.set(client, session);
  session.on('error', () => undefined);
  session.on('close', () => client.destroy());
  client.once('close', () => session.destroy());
  return session;
}

function connectionOf(request: Http2ServerRequest): ServerHttp2Session | Socket {
  return sessionOf(request) ?? request.socket;
}

/** Requests of HTTP/1 come here too, whatever the types say. */
function sessionOf({ stream }: { stream?: Http2ServerRequest['stream'] }) {
  return stream?.session as ServerHttp2Session | undefined;
}

function endStream(response: Http2ServerResponse): void {
  // HTTP/1 has no streams to end but the connection.
  const { stream, socket }: { stream?: Duplex; socket: Socket | null } = response;
  (stream ?? socket)?.destroy();
}

/** Without what belongs to one connection, or to one version of HTTP. */
function plainHeaders(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  const hop = new Set(['connection', 'host', 'keep-alive', 'transfer-encoding', 'upgrade']);
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !name.startsWith(':') && !hop.has(name)),
  );
}
