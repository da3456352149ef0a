import { fork } from 'node:child_process';
import { once } from 'node:events';

import type { GatewaySetting, GatewayState } from './gateway-child.ts';

/** A gateway in a process of its own. */
export interface ForkedGateway {
  readonly port: number;
  /** After a collection of garbage. */
  readonly state: () => Promise<GatewayState>;
  /** Undefined while it runs. */
  readonly exit: () => string | undefined;
  readonly stop: () => Promise<void>;
}

/** Starts it; whatever it writes to stderr can be seen in `exit`. */
export async function forkGateway(setting: GatewaySetting): Promise<ForkedGateway> {
  const child = fork(new URL('gateway-child.ts', import.meta.url), {
    execArgv: ['--expose-gc', '--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  });
  let errors = '';
  child.stderr?.on('data', (text: Buffer) => (errors += text.toString()));
  child.send(setting);
  const [{ port }] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => Promise.reject(new Error(errors))),
  ])) as [{ port: number }];
  const exit = (): string | undefined =>
    child.exitCode === null && child.signalCode === null && errors === ''
      ? undefined
      : `${child.exitCode ?? child.signalCode ?? 'runs'} ${errors}`;
  return {
    port,
    exit,
    state: async () => {
      child.send('state');
      const [state] = (await once(child, 'message')) as [GatewayState];
      return state;
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill();
      await gone;
    },
  };
}
