// A data plane in a process of its own, for what is to be seen of the whole process: memory, handles, and that it lives.
// Started by fork; its first message says the upstream's port, the limits and the token's key set.
import { readdirSync } from 'node:fs';

import { systemClock } from '../../src/base/clock.ts';
import { createLogger } from '../../src/base/log.ts';
import type { Limits } from '../../src/dataplane/limits.ts';
import { createMetrics } from '../../src/dataplane/metrics.ts';
import { prepareProgram, type ProgramParts } from '../../src/dataplane/program.ts';
import { createDataPlane } from '../../src/dataplane/server.ts';
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
  await dataPlane.swap(prepareProgram(routing, {}, parts));
  process.on('message', () => process.send?.(stateOf(dataPlane.inFlight())));
  process.send?.({ port: dataPlane.ports()['default'] });
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
