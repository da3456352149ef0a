// A data plane in a process of its own, for what is to be seen of the whole process: memory, handles, and that it lives.
// Started by fork; its first message says the upstream's port, the limits and the token's key set.
import { readdirSync } from 'node:fs';

import { systemClock } from '../../src/base/clock.ts';
import { createLogger } from '../../src/base/log.ts';
import type { CallContext } from '../../src/dataplane/call.ts';
import { defaultLimits, type Limits } from '../../src/dataplane/limits.ts';
import { AccountKeys } from '../../src/dataplane/account-keys.ts';
import { createMetrics } from '../../src/dataplane/metrics.ts';
import { prepareProgram, type Program, type ProgramParts } from '../../src/dataplane/program.ts';
import { createRequestHandler } from '../../src/dataplane/request-handler.ts';
import { createDataPlane } from '../../src/dataplane/server.ts';
import { createStalls } from '../../src/dataplane/stalls.ts';
import { StreamConnection } from '../../src/dataplane/stream-connection.ts';
import { startSocketServer } from '../../test/support/stream-lab.ts';
import { createJwtEngine, prepareStage } from '../../src/jwt/authenticate.ts';
import { importKeys } from '../../src/jwt/import-keys.ts';
import {
  cluster,
  emptyTable,
  matcher,
  requireToken,
  route,
  table,
  virtualHost,
} from '../../test/support/gateway.ts';
import type { JwtProvider } from '../../src/ir/jwt.ts';

/** What the child is started with. */
export interface GatewaySetting {
  readonly upstreamPort: number;
  readonly limits: Partial<Limits>;
  readonly provider: JwtProvider;
  readonly keyText: string;
  readonly timeoutMs: number;
}

/** What the process takes. */
export interface GatewayState {
  readonly rssBytes: number;
  readonly heapBytes: number;
  readonly handles: number;
  readonly files: number;
  readonly inFlight: number;
}

async function start(setting: GatewaySetting): Promise<void> {
  const engine = createJwtEngine({
    clock: systemClock,
    logger: createLogger('silent'),
    fetchJwks: () => Promise.reject(new Error('none')),
  });
  const { keys } = await importKeys(setting.keyText, { allowWeakKeys: false });
  const set = { kind: 'local', id: 'set', keys: keys.map(({ key }) => key) } as const;
  engine.update({ set }, {});
  const parts: ProgramParts = {
    localAddresses: 'on',
    prepareStage: (stage, providers) => prepareStage(stage, providers, engine),
  };
  const action = {
    kind: 'forward',
    destinations: [{ cluster: 'up', weight: 1 }],
    timeoutMs: setting.timeoutMs,
  } as const;
  const guarded = route({
    name: 'guarded',
    matchers: [matcher('/guarded')],
    jwt: requireToken,
    action,
  });
  const open = route({ action });
  const host = virtualHost({
    routes: [guarded, open],
    providers: { kc: setting.provider },
    claimHeaders: ['x-sub'],
  });
  const routing = { ...table(host, [cluster(setting.upstreamPort)]), keySets: { set } };
  const dataPlane = createDataPlane({
    program: prepareProgram(emptyTable, {}, parts),
    address: '127.0.0.1',
    logger: createLogger('error'),
    metrics: createMetrics(),
    clock: systemClock,
    limits: setting.limits,
  });
  const program = prepareProgram(routing, {}, parts);
  await dataPlane.swap(program);
  const streams = await startStreams(program, setting.limits);
  process.on('message', () => process.send?.(stateOf(dataPlane.inFlight() + streams.inFlight())));
  process.send?.({ port: dataPlane.ports()['default'], streamPort: streams.port });
}

/** HTTP/2 without TLS below it, so that a fuzzer can write its frames. */
async function startStreams(program: Program, limits: Partial<Limits>) {
  const metrics = createMetrics();
  let inFlight = 0;
  const context: CallContext = {
    limits: { ...defaultLimits, ...limits },
    clock: systemClock,
    logger: createLogger('error'),
    accessLog: undefined,
    metrics: {
      ...metrics,
      requestStarted: () => void (inFlight += 1),
      requestEnded: () => void (inFlight -= 1),
    },
    stalls: createStalls(systemClock),
    random: Math.random,
    keys: new AccountKeys(systemClock, () => program),
  };
  const handle = createRequestHandler(
    context,
    () => program,
    () => 'default',
  );
  const connection = { scheme: 'http', peer: '127.0.0.1' } as const;
  const { port } = await startSocketServer((socket) => {
    void new StreamConnection(socket, { context, connection, handle, announced: false });
  });
  return { port, inFlight: () => inFlight };
}

function stateOf(inFlight: number): GatewayState {
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  const handles = process.getActiveResourcesInfo().length;
  return {
    rssBytes: rss,
    heapBytes: heapUsed,
    handles,
    files: readdirSync('/proc/self/fd').length,
    inFlight,
  };
}

process.once('message', (setting) => void start(setting as GatewaySetting));
process.on('disconnect', () => process.exit());
