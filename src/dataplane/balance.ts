/** Chooses among weighted candidates in turn. */
export interface Rotation<T> {
  readonly next: () => T | undefined;
  readonly size: number;
}

/**
 * Smooth weighted round robin (nginx): of weights 5 and 1 every sixth turn goes to the second, spread evenly and without
 * chance. Candidates of weight 0 are never chosen.
 */
export function createRotation<T>(
  candidates: readonly T[],
  weightOf: (candidate: T) => number,
): Rotation<T> {
  const slots = candidates
    .map((candidate) => ({ candidate, weight: weightOf(candidate), current: 0 }))
    .filter((slot) => slot.weight > 0);
  const total = slots.reduce((sum, slot) => sum + slot.weight, 0);
  const [only] = slots;
  if (slots.length <= 1) return { next: () => only?.candidate, size: slots.length };
  return {
    size: slots.length,
    next: () => {
      let best: (typeof slots)[number] | undefined;
      for (const slot of slots) {
        slot.current += slot.weight;
        if (best === undefined || slot.current > best.current) best = slot;
      }
      if (best !== undefined) best.current -= total;
      return best?.candidate;
    },
  };
}
