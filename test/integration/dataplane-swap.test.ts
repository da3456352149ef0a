import { afterEach, describe, expect, test } from '@jest/globals';
import { get as httpGet, Agent } from 'node:http';
import { connect as netConnect, createServer as createNetServer, type AddressInfo } from 'node:net';
import { connect as tlsConnect } from 'node:tls';

import type { RoutingTable } from '../../src/ir/table.ts';
import {
  cluster,
  createScope,
  listener,
  matcher,
  program,
  readAll,
  route,
  table,
  virtualHost,
} from '../support/gateway.ts';
import { openssl } from '../support/openssl.ts';

const scope = createScope();

afterEach(scope.close);

/** A key and a certificate for a name, as PEM. */
function selfSigned(name: string): { readonly cert: string; readonly key: string } {
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'];
  const both = openssl(
    'req',
    '-x509',
    ...curve,
    '-subj',
    `/CN=${name}`,
    '-keyout',
    '-',
    '-out',
    '-',
  );
  const [key = '', cert = ''] = both.split(/(?=-----BEGIN CERTIFICATE-----)/);
  return { cert, key };
}

const direct = (body: string, name = 'ns.host', domains = ['*']) =>
  virtualHost({
    name,
    domains,
    routes: [route({ action: { kind: 'direct', status: 200, body } })],
  });

describe('a swap under load', () => {
  test('no request fails, and none sees two tables', async () => {
    const names = ['a', 'b'] as const;
    const ports = await Promise.all(
      names.map(async (name) => {
        const { port } = await scope.upstream((request, response) =>
          response.end(`${name} ${request.url}`),
        );
        return port;
      }),
    );
    // The path of a route and its cluster change together.
    const tableOf = (index: number): RoutingTable => {
      const destinations = [{ cluster: names[index] ?? '', weight: 1 }];
      const action = {
        kind: 'forward',
        destinations,
        timeoutMs: 0,
        prefixRewrite: `/${names[index]}`,
      } as const;
      const host = virtualHost({ routes: [route({ action, matchers: [matcher('/x')] })] });
      return table(
        host,
        names.map((name, at) => cluster(ports[at] ?? 0, { name })),
      );
    };
    const gateway = await scope.gateway(tableOf(0));
    const agent = new Agent({ keepAlive: true, maxSockets: 16 });
    const answers: string[] = [];
    const asking = { on: true };
    const clients = Array.from({ length: 16 }, async () => {
      while (asking.on) {
        answers.push(
          await new Promise<string>((resolve, reject) => {
            httpGet(`${gateway.url()}/x`, { agent }, (response) => {
              let body = '';
              response.setEncoding('utf8');
              response.on('data', (text: string) => (body += text));
              response.on('end', () => resolve(`${response.statusCode} ${body}`));
            }).on('error', reject);
          }),
        );
      }
    });
    for (let turn = 1; turn <= 100; turn += 1) {
      await gateway.swap(tableOf(turn % 2));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    asking.on = false;
    await Promise.all(clients);
    agent.destroy();
    expect(answers.length).toBeGreaterThan(200);
    expect(new Set(answers)).toEqual(new Set(['200 a /a', '200 b /b']));
  });

  test('a stream that runs finishes on the table it began with', async () => {
    let finish = (): void => undefined;
    const { port } = await scope.upstream((_request, response) => {
      response.write('one ');
      finish = () => response.end('two');
    });
    const gateway = await scope.gateway(table(virtualHost(), [cluster(port)]));
    const response = await fetch(gateway.url());
    await gateway.swap(table(direct('new')));
    expect(await (await fetch(gateway.url())).text()).toBe('new');
    finish();
    expect(await response.text()).toBe('one two');
  });

  test('an unchanged cluster keeps its connections, a removed one loses them', async () => {
    const { port, server } = await scope.upstream((_request, response) => response.end('ok'));
    const gateway = await scope.gateway(table(virtualHost(), [cluster(port)]));
    const counts = { connections: 0, closed: 0 };
    server.on('connection', (socket) => {
      counts.connections += 1;
      socket.on('close', () => (counts.closed += 1));
    });
    await (await fetch(gateway.url())).text();
    await gateway.swap(table(virtualHost({ routes: [route({ name: 'other' })] }), [cluster(port)]));
    await (await fetch(gateway.url())).text();
    await gateway.swap(
      table(virtualHost(), [
        cluster(port, { endpoints: [...cluster(port).endpoints, ...cluster(1).endpoints] }),
      ]),
    );
    expect(counts).toEqual({ connections: 1, closed: 0 });
    await gateway.swap(table(direct('x')));
    while (counts.closed === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(counts).toEqual({ connections: 1, closed: 1 });
  });
});

describe('ports', () => {
  const two = (names: readonly string[]): RoutingTable => ({
    ...table(direct('x')),
    listeners: names.map((name) => listener({ name })),
  });

  test('open and close with the table, the others untouched', async () => {
    const gateway = await scope.gateway(two(['default', 'second']));
    const { default: first, second } = gateway.dataPlane.ports();
    await gateway.swap(two(['default', 'third']));
    const ports = gateway.dataPlane.ports();
    expect(Object.keys(ports)).toEqual(['default', 'third']);
    expect(ports['default']).toBe(first);
    await expect(fetch(`http://127.0.0.1:${second}`)).rejects.toThrow();
    expect((await fetch(`http://127.0.0.1:${ports['third']}`)).status).toBe(200);
  });

  test('one that is taken is told of, the others serve; it is tried again', async () => {
    const blocker = createNetServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => blocker.once('listening', resolve));
    const { port } = blocker.address() as AddressInfo;
    const gateway = await scope.gateway(table(direct('x')));
    const wanted = program({
      ...table(direct('x')),
      listeners: [listener(), listener({ name: 'taken', port })],
    });
    const [failure] = await gateway.dataPlane.swap(wanted);
    expect(failure).toMatchObject({ listener: 'taken', error: { code: 'ERR_LISTEN' } });
    expect((await fetch(gateway.url())).status).toBe(200);
    await new Promise((resolve) => blocker.close(resolve));
    expect(await gateway.dataPlane.swap(program(wanted.table))).toEqual([]);
    expect((await fetch(`http://127.0.0.1:${port}`)).status).toBe(200);
  });

  test('a port stays open when another listener takes it', async () => {
    const gateway = await scope.gateway(table(direct('x')));
    const free = createNetServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => free.once('listening', resolve));
    const { port } = free.address() as AddressInfo;
    await new Promise((resolve) => free.close(resolve));
    const on = (name: string, body: string): RoutingTable => ({
      ...table(direct(body)),
      listeners: [listener({ name, port })],
    });
    await gateway.swap(on('one', 'one'));
    const socket = netConnect(port, '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    await gateway.swap(on('two', 'two'));
    socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    expect(await readAll(socket)).toMatch(/two$/);
  });
});

describe('TLS', () => {
  test('the certificate follows the server name, and a swap', async () => {
    const secrets = Object.fromEntries(
      ['a.example', 'b.example', 'c.example'].flatMap((name) => {
        const { cert, key } = selfSigned(name);
        return [
          [`${name} crt`, cert],
          [`${name} key`, key],
        ];
      }),
    );
    const host = (name: string, sniDomains: readonly string[]) => ({
      ...direct(name, name, [name]),
      tls: { certificateSecret: `${name} crt`, keySecret: `${name} key`, sniDomains },
    });
    const tableOf = (...hosts: ReturnType<typeof host>[]): RoutingTable => ({
      ...table(direct('x')),
      listeners: [listener({ tls: true, virtualHosts: hosts.map(({ name }) => name) })],
      virtualHosts: Object.fromEntries(hosts.map((one) => [one.name, one])),
    });
    const gateway = await scope.gateway(
      tableOf(host('a.example', []), host('b.example', ['b.example'])),
      {
        secrets,
      },
    );
    const subjectFor = (servername: string): Promise<string> =>
      new Promise((resolve) => {
        const socket = tlsConnect(
          { port: gateway.port(), host: '127.0.0.1', servername, rejectUnauthorized: false },
          () => {
            resolve(String(socket.getPeerCertificate().subject.CN));
            socket.destroy();
          },
        );
        socket.on('error', (error: NodeJS.ErrnoException) => resolve(String(error.code)));
      });
    expect(await subjectFor('a.example')).toBe('a.example');
    expect(await subjectFor('b.example')).toBe('b.example');
    expect(await subjectFor('unknown.example')).toBe('a.example');
    await gateway.swap(tableOf(host('c.example', ['c.example'])), secrets);
    expect(await subjectFor('c.example')).toBe('c.example');
    expect(await subjectFor('a.example')).toMatch(/^(?:ERR_SSL|ECONNRESET)/);
  });
});

describe('drain', () => {
  test('serves on with last answers, lets streams finish, then refuses', async () => {
    let finish = (): void => undefined;
    const { port } = await scope.upstream((request, response) => {
      if (request.url === '/short') response.end('short');
      else {
        response.write('one ');
        finish = () => response.end('two');
      }
    });
    const gateway = await scope.gateway(table(virtualHost(), [cluster(port)]));
    const url = gateway.url();
    const stream = await fetch(url);
    const drained = gateway.dataPlane.drain({ acceptMs: 300, graceMs: 10_000 });
    const during = await fetch(`${url}/short`);
    expect(during.headers.get('connection')).toBe('close');
    expect(await during.text()).toBe('short');
    await new Promise((resolve) => setTimeout(resolve, 400));
    await expect(fetch(`${url}/short`)).rejects.toThrow();
    finish();
    expect(await stream.text()).toBe('one two');
    await drained;
    expect(gateway.dataPlane.inFlight()).toBe(0);
  });

  test('cuts what does not finish in time', async () => {
    const { port } = await scope.upstream((_request, response) => void response.write('one '));
    const gateway = await scope.gateway(table(virtualHost(), [cluster(port)]));
    const stream = await fetch(gateway.url());
    await gateway.dataPlane.drain({ acceptMs: 0, graceMs: 50 });
    await expect(stream.text()).rejects.toThrow();
  });
});
