import { existsSync, readFileSync } from 'node:fs';

import { envoyBinary } from '../../hack/envoy.ts';
import { startProgram } from './child-process.ts';
import { createTempFolder } from './temp-folder.ts';

/** A running Envoy. */
export interface EnvoyProcess {
  /** Port of each listener by its name. */
  readonly ports: ReadonlyMap<string, number>;
  readonly stop: () => Promise<void>;
}

const startLimitMs = 60_000;

/** Starts a real Envoy on a bootstrap whose listeners have port 0; resolves when all of them accept. */
export async function startEnvoy(bootstrap: object): Promise<EnvoyProcess> {
  const folder = createTempFolder();
  const address = { socket_address: { address: '127.0.0.1', port_value: 0 } };
  await folder.write('envoy.json', JSON.stringify({ ...bootstrap, admin: { address } }));
  const adminFile = folder.pathOf('admin-address');
  const flags = ['-c', folder.pathOf('envoy.json'), '--admin-address-path', adminFile];
  const quiet = ['--concurrency', '1', '--disable-hot-restart', '-l', 'error'];
  const program = startProgram(envoyBinary(), [...flags, ...quiet], folder.pathOf('log'));
  const stop = async (): Promise<void> => {
    await program.kill();
    folder[Symbol.dispose]();
  };
  const until = performance.now() + startLimitMs;
  for (;;) {
    if (program.ended() || performance.now() > until) {
      const log = program.log();
      await stop();
      throw new Error(`Envoy does not start:\n${log.slice(0, 4000)}`);
    }
    const ports = existsSync(adminFile) ? await listenerPorts(readFileSync(adminFile, 'utf8')) : [];
    if (ports.length > 0) return { ports: new Map(ports), stop };
    await new Promise((settle) => void setTimeout(settle, 50));
  }
}

interface ListenerStatus {
  readonly name: string;
  readonly local_address: { readonly socket_address: { readonly port_value: number } };
}

/** Empty: not yet. */
async function listenerPorts(admin: string): Promise<readonly (readonly [string, number])[]> {
  try {
    const ready = await fetch(`http://${admin}/ready`);
    await ready.text();
    if (!ready.ok) return [];
    const response = await fetch(`http://${admin}/listeners?format=json`);
    const { listener_statuses = [] } = (await response.json()) as {
      listener_statuses?: readonly ListenerStatus[];
    };
    return listener_statuses.map(({ name, local_address }) => [
      name,
      local_address.socket_address.port_value,
    ]);
  } catch {
    return [];
  }
}
