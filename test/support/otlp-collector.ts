import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An export as it came: the protobuf as it is, of which texts can be read. */
interface OtlpExport {
  readonly url: string;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: Buffer;
}

/** What stands in for an OpenTelemetry collector. */
export interface OtlpCollector {
  readonly url: string;
  readonly exports: readonly OtlpExport[];
  readonly close: () => Promise<void>;
}

/** Starts a collector that answers with a status. */
export async function startOtlpCollector(status = 200): Promise<OtlpCollector> {
  const exports: OtlpExport[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { url = '', headers } = request;
      exports.push({ url, headers, body: Buffer.concat(chunks) });
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    exports,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
