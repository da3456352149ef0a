import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';

import type { Cluster, UpstreamTls } from '../../../src/ir/cluster.ts';
import type { RemoteKeySet } from '../../../src/ir/jwt.ts';
import { createFetchJwks } from '../../../src/jwt/fetch-jwks.ts';
import { openssl } from '../../support/openssl.ts';
import { createTempFolder } from '../../support/temp-folder.ts';

const servers: Server[] = [];
const folder = createTempFolder();
let tls: { readonly key: string; readonly cert: string };

beforeAll(() => {
  const [key, cert] = [folder.pathOf('key.pem'), folder.pathOf('cert.pem')];
  const names = ['-addext', 'subjectAltName=DNS:issuer.test,DNS:localhost'];
  const pair = ['-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert];
  openssl('req', '-x509', ...pair, '-subj', '/CN=issuer.test', ...names);
  tls = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
});

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});
afterAll(() => folder[Symbol.dispose]());

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}

const serve = (listener: RequestListener): Promise<number> => listen(createServer(listener));
const serveTls = (listener: RequestListener): Promise<number> =>
  listen(createTlsServer(tls, listener));

const keySetAt = (url: string, cluster?: string): RemoteKeySet => ({
  kind: 'remote',
  id: 'r',
  url,
  cacheDurationMs: 1000,
  ...(cluster === undefined ? {} : { cluster }),
});

const clusterOf = (parts: Partial<Cluster>): Cluster => ({
  name: 'issuer_default',
  endpoints: [],
  connectTimeoutMs: 1000,
  maxConnections: 1,
  ...parts,
});
const endpoint = (port: number) => ({ host: '127.0.0.1', port, weight: 1 });

const local = createFetchJwks({ resolveCluster: () => undefined, allowLocalAddresses: 'on' });
const guarded = createFetchJwks({ resolveCluster: () => undefined });
const never = new AbortController().signal;

describe('createFetchJwks: by URL', () => {
  test('asks for the path with its query, and gives status and body', async () => {
    let seen: unknown;
    const port = await serve((request, response) => {
      const { method, url, headers } = request;
      seen = { method, url, host: headers.host, accept: headers.accept };
      response.end('{"keys":["é"]}');
    });
    const url = `http://127.0.0.1:${port}/a%20b/jwks?x=1`;
    expect(await local(keySetAt(url), never)).toEqual({ status: 200, body: '{"keys":["é"]}' });
    expect(seen).toEqual({
      method: 'GET',
      url: '/a%20b/jwks?x=1',
      host: `127.0.0.1:${port}`,
      accept: 'application/jwk-set+json, application/json',
    });
  });

  test('a redirect is not followed, and the body of anything but 200 is not read', async () => {
    let asked = 0;
    const port = await serve((_request, response) => {
      asked += 1;
      response.writeHead(302, { location: '/elsewhere' }).end('{"keys":[]}');
    });
    const url = `http://127.0.0.1:${port}/`;
    expect(await local(keySetAt(url), never)).toEqual({ status: 302, body: '' });
    expect(asked).toBe(1);
  });

  test.each<[string, RequestListener, string]>([
    [
      'a body of over 1 MiB',
      (_request, response) => response.end(Buffer.alloc(1024 * 1024 + 1, 0x20)),
      'over 1048576 bytes',
    ],
    [
      'a coded body',
      (_request, response) => response.setHeader('content-encoding', 'gzip').end('x'),
      'found a coded body',
    ],
    ['no UTF-8', (_request, response) => response.end(Buffer.from([0x7b, 0xff])), 'utf-8'],
    [
      'a body that breaks off',
      (_request, response) => {
        response.writeHead(200, { 'content-length': '10' }).write('x');
        setImmediate(() => response.destroy());
      },
      'aborted',
    ],
    ['a closed connection', (request) => request.socket.destroy(), 'socket hang up'],
  ])('%s is an error', async (_what, listener, message) => {
    const port = await serve(listener);
    await expect(local(keySetAt(`http://127.0.0.1:${port}/`), never)).rejects.toMatchObject({
      code: 'ERR_JWKS_FETCH',
      message: expect.stringContaining(message),
    });
  });

  test('the signal ends a server that never answers', async () => {
    const port = await serve(() => undefined);
    const abort = new AbortController();
    const fetching = local(keySetAt(`http://127.0.0.1:${port}/`), abort.signal);
    setImmediate(() => abort.abort());
    await expect(fetching).rejects.toMatchObject({ code: 'ERR_JWKS_FETCH' });
  });
});

describe('createFetchJwks: forbidden addresses', () => {
  test.each([
    'http://127.0.0.1:PORT/',
    'http://localhost:PORT/',
    'http://LOCALHOST:PORT/',
    'http://2130706433:PORT/',
    'http://0x7f.1:PORT/',
    'http://[::1]:PORT/',
    'http://[::ffff:127.0.0.1]:PORT/',
    'http://0.0.0.0:PORT/',
    'https://localhost:PORT/',
    'http://169.254.169.254/latest/meta-data',
  ])('%s is refused, without a connection', async (form) => {
    let connections = 0;
    const server = createServer((_request, response) => response.end('{}'));
    server.on('connection', () => {
      connections += 1;
    });
    const url = form.replace('PORT', String(await listen(server)));
    await expect(guarded(keySetAt(url), never)).rejects.toThrow(
      'is a loopback, link-local or metadata address',
    );
    expect(connections).toBe(0);
  });
});

describe('createFetchJwks: forbidden addresses of a cluster', () => {
  test.each(['127.0.0.1', 'localhost', '::ffff:127.0.0.1'])('%s is refused', async (host) => {
    let connections = 0;
    const server = createServer((_request, response) => response.end('{}'));
    server.on('connection', () => {
      connections += 1;
    });
    const port = await listen(server);
    const fetchJwks = createFetchJwks({
      resolveCluster: (name) => {
        const endpoints = [{ host, port, weight: 1 }];
        return { name, endpoints, connectTimeoutMs: 1000, maxConnections: 1 };
      },
    });
    const keySet = { ...keySetAt('http://issuer.example/'), cluster: 'up' };
    await expect(fetchJwks(keySet, never)).rejects.toThrow('see --allow-local-upstreams');
    expect(connections).toBe(0);
  });
});

describe('createFetchJwks: TLS', () => {
  test('a certificate that nobody vouches for is refused', async () => {
    const port = await serveTls((_request, response) => response.end('{}'));
    await expect(local(keySetAt(`https://localhost:${port}/`), never)).rejects.toThrow(
      'self-signed certificate',
    );
  });

  test('so is one for another name', async () => {
    const port = await serveTls((_request, response) => response.end('{}'));
    const fetchJwks = createFetchJwks({
      resolveCluster: () => undefined,
      allowLocalAddresses: 'on',
      ca: tls.cert,
    });
    const get = (host: string) => fetchJwks(keySetAt(`https://${host}:${port}/`), never);
    await expect(get('127.0.0.1')).rejects.toThrow(/altnames/);
    expect(await get('localhost')).toEqual({ status: 200, body: '{}' });
  });
});

describe('createFetchJwks: by cluster', () => {
  const through = (cluster: Cluster | undefined) =>
    createFetchJwks({
      resolveCluster: (name) => (name === 'issuer_default' ? cluster : undefined),
      allowLocalAddresses: 'loopback',
    });

  test('connects to the endpoints only, with Host and path of the URL', async () => {
    let seen: unknown;
    const port = await serve((request, response) => {
      seen = [request.headers.host, request.url];
      response.end('{}');
    });
    const fetchJwks = through(clusterOf({ endpoints: [endpoint(port)] }));
    const url = 'https://issuer.test/jwks?x';
    expect(await fetchJwks(keySetAt(url, 'issuer_default'), never)).toMatchObject({ status: 200 });
    expect(seen).toEqual(['issuer.test', '/jwks?x']);
  });

  test('tries the next endpoint when one is down', async () => {
    const port = await serve((_request, response) => response.end('{}'));
    const fetchJwks = through(clusterOf({ endpoints: [endpoint(1), endpoint(port)] }));
    const keySet = keySetAt('http://issuer.test/', 'issuer_default');
    expect(await fetchJwks(keySet, never)).toMatchObject({ status: 200 });
  });

  test.each([undefined, clusterOf({})])('%j has no endpoints', async (cluster) => {
    const keySet = keySetAt('http://issuer.test/', 'issuer_default');
    await expect(through(cluster)(keySet, never)).rejects.toMatchObject({
      code: 'ERR_JWKS_FETCH',
      message: 'upstream issuer_default has no endpoints',
    });
  });

  test('TLS is as the cluster says: authorities, name, and whether to check', async () => {
    const port = await serveTls((_request, response) => response.end('{}'));
    const endpoints = [endpoint(port)];
    const keySet = keySetAt('http://other.test/', 'issuer_default');
    const get = (parts: Partial<Cluster>) =>
      through(clusterOf({ endpoints, ...parts }))(keySet, never);
    const checked = { verify: true, ca: tls.cert };
    expect(await get({ tls: { ...checked, sni: 'issuer.test' } })).toMatchObject({ status: 200 });
    await expect(get({ tls: checked })).rejects.toThrow(/altnames/);
    await expect(get({ tls: { verify: true, sni: 'issuer.test' } })).rejects.toThrow('self-signed');
    expect(await get({ tls: { verify: false } })).toMatchObject({ status: 200 });
    const named = [{ ...endpoint(port), sni: 'issuer.test' }];
    expect(await get({ endpoints: named, tls: checked })).toMatchObject({ status: 200 });
  });

  test('so are other names that its certificate may have, and versions', async () => {
    const port = await serveTls((_request, response) => response.end('{}'));
    const keySet = keySetAt('http://other.test/', 'issuer_default');
    const get = (parts: Partial<UpstreamTls>) => {
      const secured = { verify: true, ca: tls.cert, ...parts };
      return through(clusterOf({ endpoints: [endpoint(port)], tls: secured }))(keySet, never);
    };
    expect(await get({ names: ['issuer.test'] })).toMatchObject({ status: 200 });
    await expect(get({ sni: 'issuer.test', names: ['another.test'] })).rejects.toThrow(
      'none of the accepted names',
    );
    const old = { ciphers: ['ECDHE-ECDSA-AES128-GCM-SHA256'], maxVersion: 'TLSv1.2' } as const;
    // The key of the server is RSA.
    await expect(get({ sni: 'issuer.test', ...old })).rejects.toThrow(/handshake failure/);
  });

  test('servers that ask for it see the certificate of the cluster', async () => {
    const options = { ...tls, ca: tls.cert, requestCert: true };
    const port = await listen(createTlsServer(options, (_request, response) => response.end('{}')));
    const keySet = keySetAt('http://other.test/', 'issuer_default');
    const own = { certificateSecret: 'tls.crt@1', keySecret: 'tls.key@1' };
    const secured = { verify: true, ca: tls.cert, sni: 'issuer.test' };
    const get = (parts: Partial<UpstreamTls>) =>
      createFetchJwks({
        resolveCluster: () =>
          clusterOf({ endpoints: [endpoint(port)], tls: { ...secured, ...parts } }),
        secrets: () => ({ 'tls.crt@1': tls.cert, 'tls.key@1': tls.key }),
        allowLocalAddresses: 'loopback',
      })(keySet, never);
    expect(await get(own)).toMatchObject({ status: 200 });
    await expect(get({})).rejects.toThrow();
  });
});
