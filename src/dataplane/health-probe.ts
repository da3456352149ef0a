import type { Socket } from 'node:net';

import { Client } from 'undici';

import type { HealthCheck, HttpProbe, TcpProbe } from '../ir/health.ts';
import type { EndpointPool } from './endpoint-pool.ts';
import type { Probe, ProbeResult } from './health-checker.ts';

/** Asks an endpoint as the check says, on connections of its own made as those for requests. */
export function createHealthProbe(check: HealthCheck, pool: EndpointPool): Probe {
  return check.probe.kind === 'http'
    ? httpProbe(check.probe, pool, check.reuseConnection)
    : tcpProbe(check.probe, pool);
}

function httpProbe(settings: HttpProbe, pool: EndpointPool, reuse: boolean): Probe {
  const { host, expected } = settings;
  const { healthPath: path = settings.path, healthMethod: method = settings.method } =
    pool.endpoint;
  const headers = ['host', host, 'user-agent', 'seekgate/HC', ...settings.headers.flat()];
  let client: Client | undefined;
  const close = (): void => {
    client?.destroy().catch(() => undefined);
    client = undefined;
  };
  return {
    close,
    ask: async (signal): Promise<ProbeResult> => {
      client ??= new Client(pool.origin, { connect: pool.connector(), pipelining: 1 });
      try {
        const { statusCode, body } = await client.request({ path, method, headers, signal });
        await body.dump();
        const isGood = expected.some(([start, end]) => statusCode >= start && statusCode < end);
        if (!reuse) close();
        return isGood ? 'passed' : 'refused';
      } catch {
        close();
        return 'failed';
      }
    },
  };
}

/** Bytes that an answer may have before what is wanted is in it. */
const mostAnswerBytes = 64 * 1024;

function tcpProbe({ send, receive }: TcpProbe, pool: EndpointPool): Probe {
  const wanted = receive.map((digits) => Buffer.from(digits, 'hex'));
  return {
    close: () => {},
    ask: async (signal) => {
      const socket = await connected(pool);
      if (signal.aborted) socket.destroy();
      signal.addEventListener('abort', () => socket.destroy(), { once: true });
      if (send !== undefined) socket.write(Buffer.from(send, 'hex'));
      const isGood = wanted.length === 0 || (await answers(socket, wanted));
      socket.destroy();
      return isGood ? 'passed' : 'failed';
    },
  };
}

function connected(pool: EndpointPool): Promise<Socket> {
  const { hostname, port, protocol } = new URL(pool.origin);
  const defaultPort = protocol === 'https:' ? '443' : '80';
  const options = {
    // A socket takes an address of IPv6 without brackets.
    hostname: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? defaultPort : port,
    protocol,
  };
  return new Promise((resolve, reject) => {
    pool.connector()(options, (...[error, socket]) => {
      if (error === null) resolve(socket);
      else reject(error);
    });
  });
}

async function answers(socket: Socket, wanted: readonly Buffer[]): Promise<boolean> {
  let answer = Buffer.alloc(0);
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    answer = Buffer.concat([answer, chunk]);
    if (holds(answer, wanted)) return true;
    if (answer.length > mostAnswerBytes) break;
  }
  return false;
}

/** Whether each of the pieces is there, in this order. */
function holds(answer: Buffer, wanted: readonly Buffer[]): boolean {
  let from = 0;
  for (const piece of wanted) {
    const at = answer.indexOf(piece, from);
    if (at < 0) return false;
    from = at + piece.length;
  }
  return true;
}
