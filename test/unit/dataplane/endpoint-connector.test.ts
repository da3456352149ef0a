import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { EndpointPool } from '../../../src/dataplane/endpoint-pool.ts';
import type { UpstreamTls } from '../../../src/ir/cluster.ts';
import { cluster } from '../../support/gateway.ts';
import { createSelfSigned } from '../../support/self-signed.ts';
import { createTempFolder } from '../../support/temp-folder.ts';

const folder = createTempFolder();
const { cert, key } = createSelfSigned(folder);
/** Answers with the version of TLS, the cipher, and whether a certificate was shown. */
const server = createServer({ cert, key, ca: cert, requestCert: true, rejectUnauthorized: true });
server.on('request', (request, response) => {
  const socket = request.socket as TLSSocket;
  response.end(`${socket.getProtocol()} ${socket.getCipher().name} ${socket.authorized}`);
});
let port = 0;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  folder[Symbol.dispose]();
});

const own = { certificateSecret: 'c', keySecret: 'k' };

async function ask(tls: Partial<UpstreamTls>): Promise<string> {
  const settings = cluster(port, { tls: { verify: true, ca: cert, ...tls } });
  const pool = new EndpointPool(
    settings,
    { host: '127.0.0.1', port, weight: 1 },
    { secrets: { c: cert, k: key }, localAddresses: 'on' },
  );
  try {
    const { body } = await pool.pool.request({ path: '/', method: 'GET' });
    return await body.text();
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  } finally {
    pool.release();
  }
}

describe('TLS to an endpoint', () => {
  test('shows the certificate of the table', async () => {
    expect(await ask(own)).toMatch(/ true$/);
  });

  test('without one such a server is not reached', async () => {
    expect(await ask({})).toMatch(/ERR_SSL|UND_ERR_SOCKET|ECONNRESET/);
  });

  test.each([
    [['127.0.0.1'], / true$/],
    [['other.test'], /none of the accepted names/],
  ])('accepts a server by %j', async (names, expected) => {
    expect(await ask({ ...own, names })).toMatch(expected);
  });

  test.each([
    [{ minVersion: 'TLSv1.3' }, /^TLSv1\.3 /],
    [{ maxVersion: 'TLSv1.2' }, /^TLSv1\.2 /],
    [
      { maxVersion: 'TLSv1.2', ciphers: ['ECDHE-ECDSA-AES256-GCM-SHA384'] },
      /^TLSv1\.2 ECDHE-ECDSA-AES256-GCM-SHA384 /,
    ],
    [{ curves: ['P-256'] }, / true$/],
  ] as const)('speaks it as %j', async (more, expected) => {
    expect(await ask({ ...own, ...more })).toMatch(expected);
  });
});
