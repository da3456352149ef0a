import { createLogger } from '../../src/base/log.ts';
import type { JwtProvider, JwtStage, KeySet } from '../../src/ir/jwt.ts';
import { createJwtEngine, type JwtEngine } from '../../src/jwt/authenticate.ts';
import { importKeys } from '../../src/jwt/import-keys.ts';
import { worlds, type World } from './token-worlds.ts';

/** A world as the engine and the table know it. */
interface LabWorld {
  readonly world: World;
  readonly stage: JwtStage;
  readonly providers: Readonly<Record<string, JwtProvider>>;
}

/** The engine with the keys of all worlds, at a time of its own. */
export interface TokenLab {
  readonly engine: JwtEngine;
  /** Each case has its own moment, and runs at the same one when it is run alone. */
  readonly setTime: (index: number) => void;
  readonly worlds: readonly LabWorld[];
  readonly keySets: Readonly<Record<string, KeySet>>;
  /** Each as often as it weighs. */
  readonly chooser: readonly World[];
}

const start = Date.parse('2030-01-01T00:00:00Z');
const stepMs = 10;

/** Reads the keys of every world. */
export async function createLab(): Promise<TokenLab> {
  let now = start;
  const remote = worlds.flatMap(({ providers }) => providers).find((one) => one.remote);
  const engine = createJwtEngine({
    clock: { now: () => now, monotonic: () => now, after: () => () => undefined },
    logger: createLogger('silent'),
    fetchJwks: () => Promise.resolve({ status: 200, body: remote?.keyText ?? '' }),
    random: () => 0,
  });
  const keySets: Record<string, KeySet> = {};
  const secrets: Record<string, string> = {};
  const prepared: LabWorld[] = [];
  for (const world of worlds) {
    const providers: Record<string, JwtProvider> = {};
    for (const { provider, keyText, remote: isRemote } of world.providers) {
      const id = `${world.name} ${provider.name}`;
      providers[provider.name] = { ...provider, keySet: id };
      const imported = await importKeys(keyText, { allowWeakKeys: false });
      const keys = imported.keys.map(({ key, sharedSecret }, index) => {
        if (sharedSecret === undefined) return key;
        secrets[`${id} ${index}`] = sharedSecret;
        return { ...key, secret: `${id} ${index}` };
      });
      keySets[id] = isRemote
        ? { kind: 'remote', id, url: 'https://keys.example/', cacheDurationMs: 1e12 }
        : { kind: 'local', id, keys };
    }
    const stage = { validation: world.validation, providers: Object.keys(providers) };
    prepared.push({ world, stage, providers });
  }
  engine.update(keySets, secrets);
  await engine.settled();
  const chooser = worlds.flatMap((world) => Array.from({ length: world.weight * 10 }, () => world));
  const setTime = (index: number): void => void (now = start + index * stepMs);
  return { engine, setTime, worlds: prepared, keySets, chooser };
}
