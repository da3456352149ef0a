import type { Random } from './balancer.ts';
import type { Load } from './endpoint-queue.ts';

/** A server that may be chosen. */
export interface Loaded {
  readonly weight: number;
  readonly load: Load;
}

/** Those where nothing waits; where everywhere something does, those where it is least in relation to the weight. */
export function leastWaiting<T extends Loaded>(servers: readonly T[]): readonly T[] {
  const least = Math.min(...servers.map(waitingShare));
  return servers.filter((server) => waitingShare(server) === least);
}

/**
 * Of those where least waits, the less busy of two that chance picks by weight. Not the least busy of all: several gateways
 * that read the same figures would all send to the same server.
 */
export function chooseByLoad<T extends Loaded>(
  servers: readonly T[],
  random: Random,
): T | undefined {
  const usable = leastWaiting(servers.filter(({ weight }) => weight > 0));
  const one = pick(usable, random);
  const other = pick(
    usable.filter((server) => server !== one),
    random,
  );
  if (one === undefined || other === undefined) return one;
  return other.load.total / other.weight < one.load.total / one.weight ? other : one;
}

/** The smallest of several loads; of none: nothing. */
export function leastLoad(loads: readonly Load[]): Load {
  return loads.reduce((least, load) => (isLess(load, least) ? load : least), loads[0] ?? idle);
}

const idle: Load = { waiting: 0, total: 0 };

function isLess(one: Load, other: Load): boolean {
  return one.waiting === other.waiting ? one.total < other.total : one.waiting < other.waiting;
}

function waitingShare({ weight, load }: Loaded): number {
  return load.waiting / Math.max(weight, 1);
}

function pick<T extends Loaded>(servers: readonly T[], random: Random): T | undefined {
  let rest = random() * servers.reduce((sum, { weight }) => sum + weight, 0);
  for (const server of servers) {
    rest -= server.weight;
    if (rest < 0) return server;
  }
  return servers.at(-1);
}
