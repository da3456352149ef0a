import { createLogger } from '../../src/base/log.ts';
import type { KubeObject } from '../../src/kube/kube-object.ts';
import { createListWatch, type ListWatch, type ListWatchState } from '../../src/kube/list-watch.ts';
import { createFakeClock } from './fake-clock.ts';
import { createScriptedKubeClient } from './scripted-kube-client.ts';

/** A Secret as a list shows it. */
export const object = (name: string, resourceVersion: string, uid = `uid-of-${name}`) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, uid, resourceVersion },
});
export const event = (type: string, name: string, resourceVersion: string) => ({
  type,
  object: object(name, resourceVersion),
});
export const bookmark = (resourceVersion: string) => ({
  type: 'BOOKMARK',
  object: { kind: 'Secret', metadata: { resourceVersion } },
});
export const status = (code: number, more: object = {}) => ({
  type: 'ERROR',
  object: { kind: 'Status', code, message: 'no', ...more },
});

/** Everything that follows from what has happened. */
export const settled = async () => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** A list/watch with a clock and a server of the test's own, not begun yet. */
export function createListWatchRig(
  options: { query?: Record<string, string>; throwing?: boolean; random?: number } = {},
) {
  const clock = createFakeClock();
  const client = createScriptedKubeClient(clock);
  const told: string[] = [];
  const states: ListWatchState[] = [];
  const logged: string[] = [];
  const objects: KubeObject[] = [];
  const tell = (line: string) => {
    told.push(line);
    if (options.throwing) throw new Error('handler fails');
  };
  let running: ListWatch | undefined;
  const begin = () => {
    running = createListWatch({
      client,
      clock,
      path: '/api/v1/secrets',
      ...(options.query && { query: options.query }),
      logger: createLogger('debug', { write: (line) => void logged.push(line) }),
      random: () => options.random ?? 0,
      handlers: {
        replaced: (all) => {
          objects.push(...all);
          tell(`= ${all.map(({ metadata }) => `${metadata.name}/${metadata.uid}`).join(' ')}`);
        },
        changed: (one) => {
          objects.push(one);
          tell(`+ ${one.metadata.name} ${one.metadata.resourceVersion}`);
        },
        deleted: ({ metadata }) => tell(`- ${metadata.name} ${metadata.resourceVersion}`),
        stateChanged: (state) => void states.push(state),
      },
    });
    return settled();
  };
  const advance = async (ms: number) => {
    clock.advance(ms);
    await settled();
  };
  /** Time goes by in small steps, so that what a wait leads to happens at its time. */
  const pass = async (ms: number) => {
    await settled();
    for (let gone = 0; gone < ms; gone += 100) await advance(100);
  };
  const watch = (index = -1) => client.watches.at(index)!;
  return {
    clock,
    client,
    told,
    states,
    logged,
    objects,
    begin,
    advance,
    pass,
    watch,
    list: () => running!,
    stop: async () => running?.stop(),
  };
}

export type ListWatchRig = ReturnType<typeof createListWatchRig>;
