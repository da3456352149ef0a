import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { promisify } from 'node:util';

import type { RoutingTable, Secrets, VirtualHost } from '../../src/ir/table.ts';
import type { TlsContext } from '../../src/ir/tls.ts';
import {
  cluster,
  createScope,
  echo,
  listener,
  readAll,
  requireToken,
  route,
  table,
  virtualHost,
  type Gateway,
} from '../support/gateway.ts';
import { createPki } from '../support/tls-pki.ts';
import { createTempFolder } from '../support/temp-folder.ts';

const run = promisify(execFile);
const scope = createScope();
const pki = createPki();
const clientPki = createPki('clients.test');
const strangers = createPki('strangers.test');
const names = ['open', 'twin', 'guarded', 'staff', 'alice', 'modern', 'old', 'plainest', 'other'];
const server = pki.issue(names.map((name) => `DNS:${name}.test`).join(','));
const secrets: Secrets = { cert: server.cert, key: server.key, clients: clientPki.authority };

const tls = (sniDomains: readonly string[], more: Partial<TlsContext> = {}): TlsContext => ({
  certificateSecret: 'cert',
  keySecret: 'key',
  sniDomains,
  ...more,
});
const hostOf = (name: string, context: TlsContext, more: Partial<VirtualHost> = {}) =>
  virtualHost({ name, domains: [`${name}.test`], tls: context, ...more });

const clients = { authoritiesSecret: 'clients', names: [] as string[] };
const hosts = [
  hostOf('open', tls(['open.test'])),
  hostOf('twin', tls(['twin.test'])),
  hostOf('guarded', tls(['guarded.test']), { routes: [route({ jwt: requireToken })] }),
  hostOf('staff', tls(['staff.test'], { clients })),
  hostOf(
    'alice',
    tls(['alice.test'], { clients: { ...clients, names: ['alice.client', 'spiffe://x/alice'] } }),
  ),
  hostOf('modern', tls(['modern.test'], { minVersion: 'TLSv1.3' })),
  hostOf(
    'old',
    tls(['old.test'], { maxVersion: 'TLSv1.2', ciphers: ['ECDHE-ECDSA-AES256-GCM-SHA384'] }),
  ),
  hostOf('plainest', tls(['plainest.test'], { alpn: ['http/1.1'] })),
];

function tlsTable(virtualHosts: readonly VirtualHost[], port: number): RoutingTable {
  const base = table(virtualHost(), [cluster(port)]);
  return {
    ...base,
    version: JSON.stringify(virtualHosts),
    listeners: [listener({ tls: true, virtualHosts: virtualHosts.map(({ name }) => name) })],
    virtualHosts: Object.fromEntries(virtualHosts.map((one) => [one.name, one])),
  };
}

let gateway: Gateway;
let upstreamPort = 0;

beforeAll(async () => {
  upstreamPort = (await scope.upstream(echo)).port;
  gateway = await scope.gateway(tlsTable(hosts, upstreamPort), { secrets });
});

afterAll(scope.close);

const options = (name: string, more: ConnectionOptions = {}): ConnectionOptions => ({
  port: gateway.port(),
  host: '127.0.0.1',
  servername: `${name}.test`,
  ca: pki.authority,
  ...more,
});

/** Status lines of the answers to requests for these hosts on one connection; `refused` when there is no connection. */
async function ask(name: string, wanted: readonly string[], more: ConnectionOptions = {}) {
  const socket = connectTls(options(name, more));
  const answers = readAll(socket);
  const last = wanted.length - 1;
  for (const [index, one] of wanted.entries()) {
    const closing = index === last ? 'Connection: close\r\n' : '';
    socket.write(`GET /x HTTP/1.1\r\nHost: ${one}.test\r\n${closing}\r\n`);
  }
  const text = await answers;
  const statuses = [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status));
  return statuses.length === 0 ? 'refused' : statuses;
}

describe('server names', () => {
  test.each([
    ['the name of its host', 'open', ['open'], [200]],
    ['two hosts with equal TLS', 'open', ['twin', 'open', 'guarded'], [200, 200, 401]],
    ['a host with other TLS', 'open', ['open', 'modern', 'staff', 'open'], [200, 421, 421, 200]],
    ['a host that is not there', 'open', ['nobody'], [404]],
    ['a name that is not there', 'nobody', ['open'], 'refused'],
  ])('%s', async (_name, serverName, wanted, statuses) => {
    expect(await ask(serverName, wanted)).toEqual(statuses);
  });

  test('no name at all is served where a host is for any, and else by nobody', async () => {
    expect(await ask('', ['open'], { servername: '' })).toBe('refused');
    const any = await scope.gateway(tlsTable([hostOf('open', tls([]))], upstreamPort), { secrets });
    const port = any.port();
    expect(await ask('', ['open'], { port, servername: '', rejectUnauthorized: false })).toEqual([
      200,
    ]);
    expect(await ask('other', ['open'], { port })).toEqual([200]);
  });

  test('what is no TLS gets no answer', async () => {
    const { port } = { port: gateway.port() };
    const { stdout } = await run('curl', [
      '-s',
      '-o',
      '/dev/null',
      '-w',
      '%{http_code}',
      `http://127.0.0.1:${port}/`,
    ]).catch((error: { stdout: string }) => error);
    expect(stdout).toBe('000');
  });

  test('a hello in small pieces is waited for', async () => {
    const socket: TLSSocket = connectTls(
      options('open', { maxSendFragment: 512 } as ConnectionOptions),
    );
    const answer = readAll(socket);
    socket.write('GET / HTTP/1.1\r\nHost: open.test\r\nConnection: close\r\n\r\n');
    expect(await answer).toContain('200 OK');
  });
});

describe('certificates of clients', () => {
  const staff = clientPki.issue('DNS:bob.client');
  const stranger = strangers.issue('DNS:bob.client');

  test.each([
    ['one of the authority', 'staff', staff, ['staff'], [200]],
    ['none', 'staff', {}, ['staff'], 'refused'],
    ['one of somebody else', 'staff', stranger, ['staff'], 'refused'],
    ['one of the server’s authority', 'staff', pki.issue('DNS:bob.client'), ['staff'], 'refused'],
    ['another name', 'alice', staff, ['alice'], 'refused'],
    ['one of the names', 'alice', clientPki.issue('DNS:z,DNS:Alice.client'), ['alice'], [200]],
    ['one of the names, a URI', 'alice', clientPki.issue('URI:spiffe://x/alice'), ['alice'], [200]],
    [
      'a longer name',
      'alice',
      clientPki.issue('URI:spiffe://x/alice2,DNS:x.alice.client'),
      ['alice'],
      'refused',
    ],
    ['one that is not asked for', 'open', staff, ['open', 'staff'], [200, 421]],
    ['one for less than is wanted', 'staff', staff, ['staff', 'alice'], [200, 421]],
  ])('%s', async (_name, serverName, pair, wanted, statuses) => {
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      expect(await ask(serverName, wanted, { ...pair, maxVersion })).toEqual(statuses);
    }
  });

  test('a session of one host is not resumed at another', async () => {
    const session = await new Promise<Buffer>((resolve) => {
      const socket = connectTls(options('open', { maxVersion: 'TLSv1.2' }));
      socket.on('session', (one) => {
        resolve(one);
        socket.destroy();
      });
    });
    const again = (name: string) =>
      new Promise<boolean | string>((resolve) => {
        const socket: TLSSocket = connectTls(
          options(name, { maxVersion: 'TLSv1.2', session }),
          () => {
            resolve(socket.isSessionReused());
            socket.destroy();
          },
        );
        socket.on('error', () => resolve('refused'));
      });
    expect(await again('open')).toBe(true);
    expect(await again('staff')).toBe('refused');
  });
});

describe('versions, ciphers and protocols, with openssl and curl', () => {
  async function handshake(name: string, ...flags: readonly string[]): Promise<string> {
    const address = `127.0.0.1:${gateway.port()}`;
    const command = ['s_client', '-connect', address, '-servername', `${name}.test`, ...flags];
    const child = run('openssl', command);
    child.child.stdin?.end();
    const { stdout } = await child.catch((error: { stdout: string }) => error);
    return (
      /^(?:New, )?(TLSv1\.\d), Cipher is (\S+)$/m.exec(stdout)?.slice(1).join(' ') ?? 'refused'
    );
  }

  test.each([
    ['open', ['-tls1_3'], /^TLSv1\.3 TLS_/],
    ['open', ['-tls1_2'], /^TLSv1\.2 ECDHE-ECDSA-/],
    ['open', ['-tls1_1'], /^refused$/],
    ['modern', ['-tls1_2'], /^refused$/],
    ['modern', ['-tls1_3'], /^TLSv1\.3 /],
    ['old', [], /^TLSv1\.2 ECDHE-ECDSA-AES256-GCM-SHA384$/],
    ['old', ['-tls1_2', '-cipher', 'ECDHE-ECDSA-AES128-GCM-SHA256'], /^refused$/],
  ])('%s %j', async (name, flags, expected) => {
    const found = await handshake(name, ...flags);
    expect(found === '(NONE)' || found.includes('(NONE)') ? 'refused' : found).toMatch(expected);
  });

  async function curl(name: string, ...flags: readonly string[]): Promise<string> {
    using folder = createTempFolder();
    await folder.write('ca.crt', pki.authority);
    const port = gateway.port();
    const { stdout } = await run('curl', [
      '-sS',
      '--cacert',
      folder.pathOf('ca.crt'),
      '--resolve',
      `${name}.test:${port}:127.0.0.1`,
      '-o',
      '/dev/null',
      '-w',
      '%{http_version} %{http_code}',
      ...flags,
      `https://${name}.test:${port}/x?y=1`,
    ]);
    return stdout;
  }

  test.each([
    ['open', ['--http2'], '2 200'],
    ['open', ['--http1.1'], '1.1 200'],
    ['plainest', ['--http2'], '1.1 200'],
    ['guarded', ['--http2'], '2 401'],
    ['open', ['--http2', '-d', 'body'], '2 200'],
    ['guarded', ['--http2', '-d', 'x'.repeat(100_000)], '2 401'],
    ['open', ['--http2', '-H', 'Host: staff.test'], '2 421'],
    ['open', ['--http2', '-X', 'TRACE'], '2 405'],
    ['open', ['--http2', '-I'], '2 200'],
  ])('%s %j', async (name, flags, expected) => {
    expect(await curl(name, ...flags)).toBe(expected);
  });
});
