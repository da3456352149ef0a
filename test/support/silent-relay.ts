import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Passes bytes on to a port of this machine until it is told to say no more: below TLS, so that not even a ping is answered. */
export interface SilentRelay {
  readonly port: number;
  readonly connections: () => number;
  readonly cut: () => void;
  readonly silence: () => void;
  readonly stop: () => Promise<void>;
}

export async function startSilentRelay(target: number): Promise<SilentRelay> {
  const pairs = new Map<Socket, Socket>();
  const server = createServer((client) => {
    const inner = connect(target, '127.0.0.1');
    pairs.set(client, inner);
    client.pipe(inner).pipe(client);
    for (const [one, other] of [
      [client, inner],
      [inner, client],
    ] as const) {
      one.on('error', () => undefined);
      one.once('close', () => other.destroy());
    }
    client.once('close', () => pairs.delete(client));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const cut = () => {
    for (const client of pairs.keys()) client.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => pairs.size,
    cut,
    silence: () => {
      for (const [client, inner] of pairs) silence(client, inner);
    },
    stop: async () => {
      cut();
      await once(server.close(), 'close');
    },
  };
}

function silence(client: Socket, inner: Socket): void {
  client.unpipe(inner);
  inner.unpipe(client);
  // Both are still read, into nothing.
  client.resume();
  inner.resume();
}
