import type { Program } from './program.ts';

/** The one place where the program in force is kept; requests take it once, only the control loop swaps it. */
export interface Published {
  readonly current: () => Program;
  /** Puts the next program in force and lets the former one go as soon as its requests have ended. */
  readonly swap: (next: Program) => void;
}

/** Starts with a program, usually the empty one. */
export function createPublished(first: Program): Published {
  let current = first;
  first.publish();
  return {
    current: () => current,
    swap: (next) => {
      if (next === current) return;
      const former = current;
      current = next;
      // First, so that what both have in common goes on.
      next.publish();
      former.retire();
    },
  };
}
