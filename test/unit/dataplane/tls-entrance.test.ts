import { afterEach, expect, test } from '@jest/globals';
import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

import { AccountKeys } from '../../../src/dataplane/account-keys.ts';
import { createLogger } from '../../../src/base/log.ts';
import { defaultLimits } from '../../../src/dataplane/limits.ts';
import { createMetrics } from '../../../src/dataplane/metrics.ts';
import { createStalls } from '../../../src/dataplane/stalls.ts';
import { prepareTlsChains, type TlsChains } from '../../../src/dataplane/tls-chains.ts';
import { TlsEntrance } from '../../../src/dataplane/tls-entrance.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { emptyTable, program, readAll, virtualHost } from '../../support/gateway.ts';
import { createPki } from '../../support/tls-pki.ts';

const pki = createPki();
const pair = pki.issue('DNS:a.test,DNS:b.test');
const other = pki.issue('DNS:a.test');

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const chainsOf = (cert: string, key: string): TlsChains => {
  const tls = { certificateSecret: cert, keySecret: key };
  const hosts = [
    virtualHost({ name: 'a', tls: { ...tls, sniDomains: ['a.test'] } }),
    virtualHost({ name: 'b', tls: { ...tls, certificateSecret: 'junk', sniDomains: ['b.test'] } }),
  ];
  const secrets = { [cert]: cert, [key]: key, junk: '-----BEGIN CERTIFICATE-----\nAAAA\n' };
  return prepareTlsChains(hosts, secrets);
};

async function entered(chains: () => TlsChains | undefined) {
  const clock = createFakeClock();
  const names: (string | undefined)[] = [];
  const context = {
    limits: defaultLimits,
    clock,
    logger: createLogger('silent'),
    accessLog: undefined,
    metrics: createMetrics(),
    stalls: createStalls(clock),
    random: () => 0,
    keys: new AccountKeys(clock, () => program(emptyTable)),
  };
  const entrance = new TlsEntrance(context, {
    chains,
    enter: (socket, session) => {
      names.push(session.serverName);
      socket.end('welcome');
    },
  });
  const taken: Socket[] = [];
  const server = createServer((socket) => {
    taken.push(socket);
    entrance.take(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(async () => {
    for (const socket of taken) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  const greet = (servername: string, ca = pki.authority) =>
    readAll(connectTls({ port, host: '127.0.0.1', servername, ca }));
  return { port, entrance, clock, names, greet, taken };
}

test('reads the server name first, and then shakes hands', async () => {
  const { greet, names } = await entered(() => chainsOf(pair.cert, pair.key));
  expect(await greet('A.test')).toBe('welcome');
  expect(names).toEqual(['a.test']);
});

test('ends what leads nowhere', async () => {
  let chains: TlsChains | undefined = chainsOf(pair.cert, pair.key);
  const { greet, names, port } = await entered(() => chains);
  expect(await greet('c.test')).toBe('');
  expect(await greet('b.test')).toBe('');
  const plain = connect(port, '127.0.0.1');
  plain.write('GET / HTTP/1.1\r\n\r\n');
  expect(await readAll(plain)).toBe('');
  const endless = connect(port, '127.0.0.1');
  const hello = Buffer.from([22, 3, 1, 0x40, 0, 1, 0, 0x7f, 0xff]);
  endless.write(Buffer.concat([hello, Buffer.alloc(20_000, 1)]));
  expect(await readAll(endless)).toBe('');
  chains = undefined;
  expect(await greet('a.test')).toBe('');
  expect(names).toEqual([]);
});

test('does not wait for ever', async () => {
  const { port, clock, taken } = await entered(() => chainsOf(pair.cert, pair.key));
  const slow = connect(port, '127.0.0.1');
  slow.write(Buffer.from([22, 3, 1]));
  const end = readAll(slow);
  while ((taken[0]?.bytesRead ?? 0) < 3) await new Promise((resolve) => setTimeout(resolve, 5));
  clock.advance(defaultLimits.headTimeoutMs);
  expect(await end).toBe('');
});

test('takes the certificate of the moment', async () => {
  let chains = chainsOf(pair.cert, pair.key);
  const { port, entrance } = await entered(() => chains);
  const fingerprint = () =>
    new Promise<string>((resolve) => {
      const socket = connectTls(
        { port, host: '127.0.0.1', servername: 'a.test', ca: pki.authority },
        () => {
          resolve(socket.getPeerCertificate().raw.toString('base64'));
          socket.destroy();
        },
      );
    });
  const first = await fingerprint();
  chains = chainsOf(other.cert, other.key);
  entrance.prune();
  const second = await fingerprint();
  expect(pair.cert.replaceAll('\n', '')).toContain(first.slice(0, 200));
  expect(other.cert.replaceAll('\n', '')).toContain(second.slice(0, 200));
});

test('cuts those that are shaking hands', async () => {
  const { port, entrance, taken } = await entered(() => chainsOf(pair.cert, pair.key));
  const waiting = connect(port, '127.0.0.1');
  waiting.write(Buffer.from([22]));
  const end = readAll(waiting);
  while (taken.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  entrance.cut();
  expect(await end).toBe('');
});
