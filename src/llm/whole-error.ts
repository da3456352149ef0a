import { isAccountError } from './account-error.ts';
import { cleanError, fitted, unreadableError } from './error-cleaning.ts';
import type { KeyGuard } from './key-guard.ts';
import type { KeyRedaction } from './key-redaction.ts';

/** An error is no longer than this; of a longer one the client gets the gateway's own words, and blanks. */
const longestError = 64 * 1024;

const nothing = Buffer.alloc(0);

/**
 * Takes the key and its end out of an answer that is an error, which is read as a whole for it: servers name a key by its
 * last characters in many ways, so that here each place counts where they stand.
 */
export function createWholeErrorCleaning(guard: KeyGuard): KeyRedaction {
  let held: Buffer[] = [];
  let bytes = 0;
  return {
    push: (chunk) => {
      const before = bytes;
      bytes += chunk.length;
      if (before > longestError) return fitted([], chunk.length);
      held.push(Buffer.from(chunk));
      if (bytes <= longestError) return nothing;
      held = [];
      return fitted([unreadableError], bytes);
    },
    end: () => cleanError(Buffer.concat(held), guard, isAccountError),
  };
}
