import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

import { RequestReader, type ReadRequest } from './http-reading.ts';

/** A request as it reached the upstream. */
export interface SeenRequest extends ReadRequest {
  /** Told in the answer as `x-seen`. */
  readonly number: number;
  /** Address of the client, as the gateway says it: the last of X-Forwarded-For. */
  readonly peer: string;
}

/** An upstream that takes nothing that could be read in two ways, and writes down what it gets. */
export interface StrictUpstream {
  readonly port: number;
  /** Requests of a client since the last time it was asked. */
  readonly take: (peer: string) => readonly SeenRequest[];
  /** What it could not take. */
  readonly faults: readonly string[];
  readonly count: () => number;
  readonly close: () => Promise<void>;
}

/** What the upstream sends for a request; undefined: an orderly answer. */
export type Answer = (request: SeenRequest) => Buffer | undefined;

/** Starts it on a free port. */
export async function startStrictUpstream(
  answer: Answer = () => undefined,
): Promise<StrictUpstream> {
  const seen = new Map<string, SeenRequest[]>();
  const faults: string[] = [];
  const sockets = new Set<Socket>();
  let count = 0;
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    const reader = new RequestReader();
    socket.on('data', (bytes: Buffer) => {
      for (const request of reader.push(bytes)) {
        count += 1;
        const numbered = { ...request, number: count, peer: peerOf(request) };
        seen.set(numbered.peer, [...(seen.get(numbered.peer) ?? []), numbered]);
        const fault = faultOf(request);
        if (fault !== undefined) faults.push(`${fault}: ${show(request)}`);
        respond(socket, numbered, answer(numbered));
      }
      const { fault } = reader.reading();
      if (fault === '') return;
      faults.push(`${fault}: ${JSON.stringify(bytes.toString('latin1').slice(0, 2000))}`);
      socket.destroy();
    });
  });
  await listen(server);
  return {
    port: (server.address() as AddressInfo).port,
    take: (peer) => {
      const taken = seen.get(peer) ?? [];
      seen.delete(peer);
      return taken;
    },
    faults,
    count: () => count,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

function listen(server: Server): Promise<void> {
  return new Promise(
    (resolve) => void server.listen({ port: 0, host: '127.0.0.1', backlog: 1024 }, resolve),
  );
}

function peerOf({ headers }: ReadRequest): string {
  const [, value = ''] = headers.findLast(([name]) => name === 'x-forwarded-for') ?? [];
  return value.slice(value.lastIndexOf(',') + 1);
}

function show({ method, target, headers }: ReadRequest): string {
  return JSON.stringify({ method, target, headers }).slice(0, 2000);
}

const forOneHop = new Set([
  'keep-alive',
  'te',
  'trailer',
  'http2-settings',
  'proxy-connection',
  'proxy-authorization',
  'expect',
]);

/** What a gateway does not send, even where the standard lets it. */
function faultOf({
  method,
  target,
  minor,
  headers,
  tolerated,
  body,
  chunked,
}: ReadRequest): string | undefined {
  if (tolerated.length > 0) return tolerated[0];
  if (minor !== 1) return 'version';
  if (!/^[A-Z-]+$/.test(method)) return 'method';
  if (!/^\/[!"$-~]*$/.test(target)) return 'target';
  if (isAmbiguous(target.split('?', 1)[0] ?? '')) return 'ambiguous path';
  if (headers.filter(([name]) => name === 'host').length !== 1) return 'Host';
  if (!/^(?:[\w.~-]+|\[[0-9a-f:.]+\])(?::\d+)?$/i.test(valueOf(headers, 'host'))) return 'Host';
  if (headers.some(([name]) => name === 'upgrade')) return upgradeFault(method, headers);
  if (!/^(?:|keep-alive|close)$/.test(valueOf(headers, 'connection'))) return 'Connection';
  if (headers.some(([name]) => forOneHop.has(name))) return 'for one hop only';
  const declared = valueOf(headers, 'content-length');
  if (body.length > 0 && !chunked && declared !== String(body.length)) return 'length';
  return undefined;
}

/** Only a WebSocket is asked for, as it has to be. */
function upgradeFault(method: string, headers: ReadRequest['headers']): string | undefined {
  const isAsked = valueOf(headers, 'connection').toLowerCase() === 'upgrade';
  const isWebSocket = valueOf(headers, 'upgrade') === 'websocket' && method === 'GET';
  return isAsked && isWebSocket ? undefined : 'upgrade';
}

function valueOf(headers: readonly (readonly [string, string])[], name: string): string {
  return headers.find(([one]) => one === name)?.[1] ?? '';
}

/** Whether some server behind it would come to another path by decoding, by cutting parameters, or by resolving dots. */
function isAmbiguous(path: string): boolean {
  const decoded = path.replaceAll(/%([0-7][0-9a-f])/gi, (_all, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  const segments = decoded.replaceAll(/[\0-\x20\x7f]|;[^/]*/g, '').split(/[/\\]/);
  return (
    decoded.includes('\0') ||
    decoded.includes('\\') ||
    segments.some((one) => one === '.' || one === '..')
  );
}

function respond(socket: Socket, { number, method }: SeenRequest, own: Buffer | undefined): void {
  if (own !== undefined) {
    socket.write(own);
    return;
  }
  const body = method === 'HEAD' ? '' : `seen ${number}`;
  // Every third is framed in chunks, every eleventh is the last on its connection.
  const framing =
    number % 3 === 0
      ? 'transfer-encoding: chunked'
      : `content-length: ${method === 'HEAD' ? 7 : body.length}`;
  const ending = number % 11 === 0 ? 'connection: close\r\n' : '';
  const chunk = body === '' ? '' : `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
  const content = number % 3 === 0 ? chunk : body;
  const bytes = `HTTP/1.1 200 OK\r\nx-seen: ${number}\r\n${ending}${framing}\r\n\r\n${content}`;
  if (ending === '') socket.write(bytes);
  else socket.end(bytes);
}
