import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a model server wrote on its account. */
interface Bill {
  readonly path: string;
  readonly model: string;
}

/** A model server that bills what it reads in requests, and counts every byte that comes. */
export interface BillingServer {
  readonly port: number;
  /** On all connections since it began. */
  readonly bytes: () => number;
  /** Since the last call. */
  readonly takeBills: () => readonly Bill[];
  readonly close: () => Promise<void>;
}

export interface BillingOptions {
  /** Of every answer. */
  readonly status: number;
  /** The model that the server means by a name. */
  readonly billed: (path: string, name: string) => string;
}

export async function startBillingServer(options: BillingOptions): Promise<BillingServer> {
  let bytes = 0;
  let bills: Bill[] = [];
  const server = createServer((request, response) => {
    void answer(request, response, options).then((bill) => bills.push(bill));
  });
  server.on('connection', (socket) => {
    // Node reads sockets past their own events; what was read is counted all the same.
    const before = { read: 0 };
    const count = (): void => {
      bytes += socket.bytesRead - before.read;
      before.read = socket.bytesRead;
    };
    counters.add(count);
    socket.on('close', () => {
      count();
      counters.delete(count);
    });
  });
  const counters = new Set<() => void>();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    bytes: () => {
      for (const count of counters) count();
      return bytes;
    },
    takeBills: () => {
      const taken = bills;
      bills = [];
      return taken;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { status, billed }: BillingOptions,
): Promise<Bill> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const path = request.url ?? '';
  const body = JSON.parse(Buffer.concat(pieces).toString()) as { model?: unknown };
  response.statusCode = status;
  response.setHeader('content-type', 'application/json');
  response.end(status === 200 ? '{"choices":[],"usage":null}' : '{"error":{"message":"busy"}}');
  return { path, model: billed(path, String(body.model)) };
}
