import type { Call, CallContext } from './call.ts';

/** Bytes of the bodies that are kept, by data plane. */
const keptBytes = new WeakMap<CallContext, number>();

/** Whether there is room to keep so much of a body until its request is over, so that it can be sent a second time. */
export function keepsBody({ context, response }: Call, bytes: number): boolean {
  const used = keptBytes.get(context) ?? 0;
  if (used + bytes > context.limits.replayTotalBytes) return false;
  keptBytes.set(context, used + bytes);
  response.once('close', () => keptBytes.set(context, (keptBytes.get(context) ?? 0) - bytes));
  return true;
}
