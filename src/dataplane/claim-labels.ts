import { BoundedLabels } from './bounded-labels.ts';
import type { CountedClaim } from './model-end.ts';

/** Values of all claims together. */
const claimLimit = 10_000;

/** Values of each claim, as many as its route says at most. */
export class ClaimLabels {
  readonly #claims = new Map<string, BoundedLabels>();

  /** Name and value. */
  labelsOf(claim: CountedClaim | undefined): readonly [string, string] {
    if (claim === undefined) return ['', ''];
    let values = this.#claims.get(claim.name);
    if (values === undefined) {
      values = new BoundedLabels();
      this.#claims.set(claim.name, values);
    }
    const others = this.#total() - values.size;
    const limit = Math.min(claim.maxValues, claimLimit - others);
    return [claim.name, values.labelOf(claim.value, limit)];
  }

  #total(): number {
    return [...this.#claims.values()].reduce((sum, { size }) => sum + size, 0);
  }
}
