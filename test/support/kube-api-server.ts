import { once } from 'node:events';
import {
  createSecureServer,
  type IncomingHttpHeaders,
  type SecureServerOptions,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { KubeAccess } from '../../src/kube/kube-access.ts';
import { createSelfSigned } from './self-signed.ts';
import { createTempFolder } from './temp-folder.ts';

/** Answers one request. */
export type Answering = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void;

/** An HTTP/2 server with which a test plays the Kubernetes API. */
export interface KubeApiServer {
  readonly url: string;
  /** Credentials that it can be connected to with. */
  readonly access: KubeAccess;
  readonly sessions: readonly ServerHttp2Session[];
  readonly asked: readonly IncomingHttpHeaders[];
  readonly stop: () => Promise<void>;
}

/** Starts a server on loopback, with a certificate of its own. */
export async function startKubeApiServer(
  answer: Answering,
  options: SecureServerOptions = {},
): Promise<KubeApiServer> {
  using folder = createTempFolder();
  const { key, cert } = createSelfSigned(folder);
  const server = createSecureServer({ key, cert, ...options });
  const sessions: ServerHttp2Session[] = [];
  const asked: IncomingHttpHeaders[] = [];
  server.on('session', (session) => {
    sessions.push(session);
    session.on('error', () => undefined);
  });
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    asked.push(headers);
    answer(stream, headers);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    access: { headers: { authorization: 'Bearer one' }, tls: { ca: cert }, fingerprint: 'one' },
    sessions,
    asked,
    stop: async () => {
      if (!server.listening) return;
      for (const session of sessions) session.destroy();
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}

/** Answers with JSON. */
export function respondJson(
  stream: ServerHttp2Stream,
  body: unknown,
  head: Readonly<Record<string, string | number>> = {},
): void {
  stream.respond({ ':status': 200, 'content-type': 'application/json', ...head });
  stream.end(JSON.stringify(body));
}
