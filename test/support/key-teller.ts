import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

/** A model server that tells the key it got, and its last characters, in every way it can. */
export interface KeyTeller {
  readonly port: number;
  /** Keys that came, in any header. */
  readonly seen: readonly string[];
  readonly close: () => void;
}

type Tell = (response: ServerResponse, key: string) => void;

const json = { 'content-type': 'application/json' };
const sse = { 'content-type': 'text/event-stream' };

const tailOf = (key: string): string => key.slice(-4);

/** Not those of 401, 402 and 403, which are told apart by their number. */
const lateErrors = (key: string): readonly object[] => [
  { error: { message: `Your api key: ****${tailOf(key)} is invalid`, type: 'x', code: 'y' } },
  { error: { message: `key ending in ${tailOf(key)}`, type: 'authentication_error' } },
  { type: 'error', error: { type: 'authentication_error', message: `last ${tailOf(key)}` } },
  { type: 'error', code: 'invalid_api_key', message: `last ${tailOf(key)}` },
  {
    type: 'response.failed',
    response: { status: 'failed', error: { code: '401', message: `last ${tailOf(key)}` } },
  },
];

const errorTexts = (key: string): readonly string[] => [
  JSON.stringify({ error: { message: `Your api key: ****${tailOf(key)} is invalid` } }),
  JSON.stringify({ error: { message: `ends in ${tailOf(key)}`, key }, [key]: tailOf(key) }),
  `<html>${key} or ${tailOf(key)}</html>`,
  `data: {"error":{"message":"…${tailOf(key)}"}}\n\n`,
];

const statuses = [400, 401, 402, 403, 404, 422, 429, 500, 502, 503];

function tells(): ReadonlyMap<string, Tell> {
  const all = new Map<string, Tell>();
  for (const status of statuses) {
    for (let index = 0; index < 4; index += 1) {
      all.set(`${status}-${index}`, (response, key) => {
        response.writeHead(status, json).end(errorTexts(key)[index]);
      });
    }
  }
  for (let index = 0; index < 5; index += 1) {
    all.set(`late-json-${index}`, (response, key) => {
      response.writeHead(200, json).write('\n\n');
      response.end(JSON.stringify(lateErrors(key)[index]));
    });
    all.set(`late-event-${index}`, (response, key) => {
      response.writeHead(200, sse).write(': keep-alive\n\n');
      response.end(`event: error\ndata: ${JSON.stringify(lateErrors(key)[index])}\n\n`);
    });
  }
  return new Map([...all, ...answers]);
}

const chunk = (content: string) =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`;

const answers: readonly (readonly [string, Tell])[] = [
  ['answer', (response, key) => void response.end(JSON.stringify({ choices: [], key }))],
  [
    'headers',
    (response, key) => {
      const told = [`Bearer ${key}`, tailOf(key), `****${tailOf(key)}`, `a="..${tailOf(key)}"`];
      response.setHeader('set-cookie', told);
      response.setHeader('location', `/?key=${key}`);
      response.setHeader('www-authenticate', told);
      response.writeHead(200, `OK ${key}`, { ...json, 'x-key': key }).end('{}');
    },
  ],
  [
    'trailers',
    (response, key) => {
      response.writeHead(200, { ...json, trailer: 'x-key' });
      response.write('{}');
      response.addTrailers({ 'x-key': key });
      response.end();
    },
  ],
  [
    'hints',
    (response, key) => {
      response.writeEarlyHints({ link: `</${key}>; rel=preload` }, () => response.end('{}'));
    },
  ],
  [
    'redirect',
    (response, key) => void response.writeHead(307, { location: `/${tailOf(key)}` }).end(key),
  ],
  [
    'gzip',
    (response, key) => {
      const coding = { 'content-encoding': 'gzip' };
      response.writeHead(200, { ...json, ...coding }).end(gzipSync(JSON.stringify({ key })));
    },
  ],
  [
    'pieces',
    (response, key) => {
      response.writeHead(200, sse);
      const bytes = chunk(`${key} ****${tailOf(key)}`);
      let at = 0;
      const write = (): void => {
        if (at >= bytes.length) return void response.end('data: [DONE]\n\n');
        response.write(bytes.slice(at, (at += 7)));
        setImmediate(write);
      };
      write();
    },
  ],
  [
    'broken',
    (response, key) => {
      response.writeHead(200, sse).write(chunk(key));
      setTimeout(() => response.destroy(), 20);
    },
  ],
  [
    'garbage',
    (response, key) => {
      response.socket?.end(
        `HTTP/1.1 200 OK\r\nx-${key}: \0${key}\r\nbad line ${tailOf(key)}\r\n\r\n`,
      );
    },
  ],
  [
    'long-header',
    (response, key) => void response.writeHead(200, { 'x-long': key.repeat(4000) }).end(),
  ],
];

/** Names of the ways; a request asks for one by `x-tell`. */
export const waysToTell: readonly string[] = [...tells().keys()];

/** Starts it on the loopback interface. */
export async function startKeyTeller(): Promise<KeyTeller> {
  const seen: string[] = [];
  const all = tells();
  const server = createServer((request, response) => {
    const key = keyOf(request);
    seen.push(key);
    request.resume().on('end', () => {
      const way = String(request.headers['x-tell'] ?? 'answer');
      all.get(way)?.(response, key);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return { port: portOf(server), seen, close: () => closeServer(server) };
}

function keyOf({ headers }: IncomingMessage): string {
  const bearer = headers.authorization?.replace('Bearer ', '');
  return bearer ?? String(headers['x-api-key'] ?? '');
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

function closeServer(server: Server): void {
  server.close();
  server.closeAllConnections();
}
