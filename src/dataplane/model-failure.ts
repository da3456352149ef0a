import type { HeaderLines } from './header-lines.ts';
import { firstValue } from './header-edits.ts';

/** What an answer says of the server that gave it. `doubtful`: the request itself may have caused it. */
export type ModelVerdict = 'served' | 'doubtful' | 'failed';

// 402, 401 and 403 are about the account and key of the gateway where it has one; 529 is how some say that they are busy.
const accountStatuses: readonly number[] = [401, 402, 403];
const tooMany = 429;
const serverError = 500;

/** Whether another server may do better than the one with this answer. */
export function modelVerdict(status: number, usesOurKey: boolean): ModelVerdict {
  if (accountStatuses.includes(status)) return usesOurKey ? 'failed' : 'served';
  if (status === serverError) return 'doubtful';
  return status === tooMany || status > serverError ? 'failed' : 'served';
}

/** How long the server asks not to be asked, in milliseconds; 0: it does not say. */
export function pauseAskedMs(lines: HeaderLines, nowMs: number): number {
  const text = firstValue(lines, 'retry-after') ?? '';
  if (/^\d{1,6}$/.test(text)) return Number(text) * 1000;
  const at = text === '' ? Number.NaN : Date.parse(text);
  return Number.isNaN(at) ? 0 : Math.max(0, at - nowMs);
}
