import type { Slot } from './account.ts';
import type { Call, Cancellable } from './call.ts';
import { callerOf } from './caller.ts';
import type { Denial } from './denial.ts';
import type { ModelTarget } from './model-targets.ts';
import { SlotWait, type SlotChoice } from './slot-wait.ts';

/** Whether the account of a target may have another request under way. */
export function hasRoom({ upstream }: ModelTarget): boolean {
  return upstream.account?.hasRoom !== false;
}

/** What comes of waiting for room. */
export interface RoomSeeker {
  /** The slot has to be freed. */
  readonly admitted: (target: ModelTarget, slot: Slot) => void;
  readonly refused: (denial: Denial) => void;
}

/** Waits in the lines of the accounts of all these targets, for the one that has room first. */
export function waitForRoom(
  { exchange, context }: Call,
  targets: readonly ModelTarget[],
  seeker: RoomSeeker,
): Cancellable {
  const choices = targets.flatMap(choiceOf);
  const wait = new SlotWait(
    choices.map(({ choice }) => choice),
    {
      caller: callerOf(exchange),
      admitted: (index, slot) => {
        const target = choices[index]?.target;
        if (target === undefined) slot.free();
        else seeker.admitted(target, slot);
      },
      refused: seeker.refused,
    },
  );
  // Not from within: whoever asks has to know first what to cancel.
  setImmediate(() => wait.start(context.clock));
  return wait;
}

function choiceOf(target: ModelTarget): { target: ModelTarget; choice: SlotChoice }[] {
  const { account, cluster } = target.upstream;
  const settings = cluster.llm?.concurrency;
  return account && settings ? [{ target, choice: { account, settings } }] : [];
}
