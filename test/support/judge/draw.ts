import { randomOf } from '../random-edits.ts';

/** Choices that look random and are the same for the same seed. */
export interface Draw {
  readonly chance: (share: number) => boolean;
  readonly pick: <T>(options: readonly T[]) => T;
  /** From `least` to `most`, both included. */
  readonly count: (least: number, most: number) => number;
  /** So many different ones of the options, in their order. */
  readonly some: <T>(options: readonly T[], count: number) => readonly T[];
  /** A value with that share, else nothing: to be spread into an object. */
  readonly maybe: <T extends object>(share: number, make: () => T) => T | Record<string, never>;
}

export function drawFrom(seed: number): Draw {
  const random = randomOf(seed);
  const count = (least: number, most: number): number =>
    least + Math.floor(random() * (most - least + 1));
  return {
    chance: (share) => random() < share,
    pick: (options) => options[count(0, options.length - 1)]!,
    count,
    some: (options, wanted) => {
      const left = [...options.keys()];
      while (left.length > wanted) left.splice(count(0, left.length - 1), 1);
      return left.map((at) => options[at]!);
    },
    maybe: (share, make) => (random() < share ? make() : {}),
  };
}
