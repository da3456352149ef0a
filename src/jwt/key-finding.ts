import type { ImportedKey, KeyFinding } from '../ir/key-import.ts';

/** An error about a key; `label` says which one, and nothing of the key itself is ever in a message. */
export function finding(message: string, label = ''): KeyFinding {
  return { severity: 'error', reason: 'InvalidKey', message: `${label}${message}` };
}

/** A remark about a key: it is used, or it never was meant for this. */
export function remark(message: string, label = ''): KeyFinding {
  return { severity: 'warning', reason: 'InvalidKey', message: `${label}${message}` };
}

/** Tells findings from keys. */
export function isFinding(one: ImportedKey | KeyFinding): one is KeyFinding {
  return 'severity' in one;
}
