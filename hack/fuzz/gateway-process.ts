import { fork } from 'node:child_process';
import { once } from 'node:events';

import type { Limits } from '../../src/dataplane/limits.ts';
import { signToken } from '../../test/support/token-factory.ts';
import type { GatewayState } from './gateway-child.ts';
import { issuerKeys } from './token-keys.ts';
import { places } from './token-worlds.ts';

/** A gateway in a process of its own. */
export interface ForkedGateway {
  readonly port: number;
  /** Of HTTP/2 without TLS. */
  readonly streamPort: number;
  /** After a collection of garbage. */
  readonly state: () => Promise<GatewayState>;
  /** Undefined while it runs. */
  readonly exit: () => string | undefined;
  readonly stop: () => Promise<void>;
}

const key = issuerKeys.p256;

const provider = {
  name: 'kc',
  issuer: 'https://kc.example',
  audiences: ['api'],
  keySet: 'set',
  sources: [places.parameter, places.bearer],
  keepToken: false,
  claimsToHeaders: [{ claim: 'sub', header: 'x-sub', append: false }],
  clockSkewSeconds: 60,
} as const;

/** Claims that open `/guarded`, for ten hours. */
export function claimsOf(sub: unknown): Readonly<Record<string, unknown>> {
  return { iss: provider.issuer, aud: 'api', sub, exp: Math.floor(Date.now() / 1000) + 36_000 };
}

/** A token of the gateway's issuer, whatever its payload. */
export function tokenOf(payload: unknown): string {
  return signToken(key, payload);
}

/** Where it forwards to, and within which bounds. */
export interface ForkSetting {
  readonly upstreamPort: number;
  readonly limits: Partial<Limits>;
  readonly timeoutMs: number;
}

/** Starts it; whatever it writes to stderr can be seen in `exit`. */
export async function forkGateway(setting: ForkSetting): Promise<ForkedGateway> {
  const child = fork(new URL('gateway-child.ts', import.meta.url), {
    execArgv: ['--expose-gc', '--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  });
  let errors = '';
  child.stderr?.on('data', (text: Buffer) => (errors += text.toString()));
  child.send({ ...setting, provider, keyText: JSON.stringify(key.jwk) });
  const [{ port, streamPort }] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => Promise.reject(new Error(errors))),
  ])) as [{ port: number; streamPort: number }];
  const exit = (): string | undefined =>
    child.exitCode === null && child.signalCode === null && errors === ''
      ? undefined
      : `${child.exitCode ?? child.signalCode ?? 'runs'} ${errors}`;
  return {
    port,
    streamPort,
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
