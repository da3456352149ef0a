import { createServer, type IncomingMessage, type ServerOptions } from 'node:http';
import { Duplex } from 'node:stream';

import type { AskedRequest } from '../ir/asked-request.ts';
import type { RawRequest } from './exchange.ts';
import { readStreamHead } from './stream-head.ts';
import { clientErrorReply, type ClientErrorReply } from './client-error.ts';
import type { Limits } from './limits.ts';

/** How every request is parsed: strictly, and the pipeline answers for a missing Host. */
export function parserOptions(limits: Limits): ServerOptions {
  return { maxHeaderSize: limits.headBytes, insecureHTTPParser: false, requireHostHeader: false };
}

/**
 * Reads a request as a listener would, with node's own parser but without a port: what it refuses on the wire is refused
 * here in the same words.
 */
export function readRequest(
  asked: AskedRequest,
  limits: Limits,
): Promise<RawRequest | ClientErrorReply> {
  return asked.http2 === true ? Promise.resolve(readStream(asked, limits)) : parse(asked, limits);
}

/** What node:http2 makes of a stream has the form of HTTP/1.1 here. */
function readStream(asked: AskedRequest, { headBytes }: Limits): RawRequest {
  const { method, target, headers, body } = asked;
  const isHost = ([name]: readonly [string, string]): boolean => name.toLowerCase() === 'host';
  const authority = headers.find(isHost);
  const others = headers.filter((line) => line !== authority);
  const length = body === '' ? [] : ['content-length', String(Buffer.byteLength(body))];
  const pseudo = [':method', method, ':path', target];
  const lines = others.flatMap(([name, value]) => [name.toLowerCase(), value]);
  const raw = [...pseudo, ...(authority ? [':authority', authority[1]] : []), ...lines, ...length];
  const head = readStreamHead(raw, { hasBody: body !== '', headBytes });
  return { ...head, httpVersionMajor: 1, httpVersionMinor: 1 };
}

function parse(asked: AskedRequest, limits: Limits): Promise<IncomingMessage | ClientErrorReply> {
  const server = createServer(parserOptions(limits));
  server.maxHeadersCount = 0;
  const { promise, resolve } = Promise.withResolvers<IncomingMessage | ClientErrorReply>();
  for (const event of ['request', 'checkContinue', 'checkExpectation'] as const) {
    server.on(event, (request: IncomingMessage) => resolve(request));
  }
  server.on('connect', () => resolve({ status: 405, text: 'Method Not Allowed' }));
  server.on('clientError', (error: NodeJS.ErrnoException) =>
    resolve(clientErrorReply(error.code) ?? { status: 0, text: '' }),
  );
  const wire = new Wire();
  server.emit('connection', wire);
  wire.push(bytesOf(asked));
  return promise;
}

/** A connection that leads nowhere. */
class Wire extends Duplex {
  override _read(): void {
    // All that comes is pushed at once.
  }

  override _write(_chunk: unknown, _encoding: string, done: () => void): void {
    done();
  }
}

function bytesOf({ method, target, headers, body }: AskedRequest): Buffer {
  const framed = headers.some(([name]) => /^(?:content-length|transfer-encoding)$/i.test(name));
  const length = body === '' || framed ? [] : [`content-length: ${Buffer.byteLength(body)}`];
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  const head = [`${method} ${target} HTTP/1.1`, ...lines, ...length, '', ''].join('\r\n');
  return Buffer.concat([Buffer.from(head, 'latin1'), Buffer.from(body)]);
}
