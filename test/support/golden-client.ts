import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';

import { readAll } from './gateway.ts';
import { keysFolder, type GoldenTls } from './golden-story.ts';
import { sendStream } from './golden-stream.ts';

/** A response as it came on the wire. */
export interface RawResponse {
  readonly status: number;
  /** Flat, names in lower case. */
  readonly headers: readonly string[];
  readonly body: string;
}

export interface RawRequest {
  readonly port: number;
  /** Connect with TLS. */
  readonly tls?: GoldenTls;
  readonly method: string;
  readonly target: string;
  readonly lines: readonly (readonly [string, string])[];
  readonly body: string;
}

const longestMs = 30_000;

/** Sends a request byte for byte, without a client that would mend it, on a connection of its own. */
export async function sendRaw(request: RawRequest): Promise<RawResponse> {
  const { method, target, lines, body } = request;
  const framing = body === '' ? [] : [`content-length: ${Buffer.byteLength(body)}`];
  const closing = lines.some(([name]) => name.toLowerCase() === 'connection')
    ? []
    : ['connection: close'];
  const head = [
    `${method} ${target} HTTP/1.1`,
    ...lines.map(([name, value]) => `${name}: ${value}`),
    ...framing,
    ...closing,
  ];
  const socket = await open(request).catch(() => undefined);
  if (socket === undefined) return unanswered;
  // Nobody waits for ever: what has not come by then counts as not answered.
  let giveUp: NodeJS.Timeout | undefined;
  const late = new Promise<RawResponse>((resolve) => {
    giveUp = setTimeout(() => {
      socket.destroy();
      resolve(unanswered);
    }, longestMs);
  });
  const exchange = async (): Promise<RawResponse> => {
    if (request.tls?.alpn === 'h2') return sendStream(socket, request);
    const received = readAll(socket);
    socket.write(Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'));
    socket.write(body);
    return parseResponse(await received);
  };
  return Promise.race([exchange(), late]).finally(() => clearTimeout(giveUp));
}

/** There is no connection, or it ends first. */
const unanswered: RawResponse = { status: 0, headers: [], body: '' };

function open({ port, tls }: RawRequest): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket: Socket =
      tls === undefined
        ? connect(port, '127.0.0.1', () => resolve(socket))
        : connectTls(tlsOptions(port, tls), () => resolve(socket));
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('closed')));
  });
}

function tlsOptions(port: number, tls: GoldenTls): ConnectionOptions {
  const { sni, clientCertificate: name, alpn, maxVersion } = tls;
  const read = (kind: string) => readFileSync(join(keysFolder, `${name}.${kind}.pem`));
  return {
    port,
    host: '127.0.0.1',
    rejectUnauthorized: false,
    ...(sni === undefined ? {} : { servername: sni }),
    ...(name === undefined ? {} : { cert: read('certificate'), key: read('private') }),
    ...(alpn === undefined ? {} : { ALPNProtocols: [alpn] }),
    ...(maxVersion === undefined ? {} : { maxVersion }),
    ...(maxVersion === 'TLSv1.1' ? { minVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } : {}),
  };
}

function parseResponse(text: string): RawResponse {
  if (text === '') return unanswered;
  const end = text.indexOf('\r\n\r\n');
  const [statusLine = '', ...lines] = text.slice(0, end).split('\r\n');
  const headers = lines.flatMap((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  const rest = text.slice(end + 4);
  const chunked = headers.some(
    (name, index) => name === 'transfer-encoding' && headers[index + 1] === 'chunked',
  );
  return {
    status: Number(statusLine.split(' ')[1]),
    headers,
    body: chunked ? unchunked(rest) : rest,
  };
}

function unchunked(text: string): string {
  let body = '';
  let rest = text;
  for (;;) {
    const end = rest.indexOf('\r\n');
    const size = Number.parseInt(rest.slice(0, end), 16);
    if (!(size > 0)) return body;
    body += rest.slice(end + 2, end + 2 + size);
    rest = rest.slice(end + 2 + size + 2);
  }
}
