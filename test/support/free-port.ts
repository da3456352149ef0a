import { createServer, type AddressInfo } from 'node:net';

/** A port of 127.0.0.1 that nothing listens on, for programs that cannot tell which one they got. */
export function freePort(): Promise<number> {
  return new Promise((settle, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => settle(port));
    });
  });
}
