import type { ImportKeys } from '../../src/ir/key-import.ts';
import { importKeys } from '../../src/jwt/import-keys.ts';

type Options = Parameters<ImportKeys>[1];

/** No weak keys: the default of an installation. */
export const strict: Options = { allowWeakKeys: false };

/** What an import gave, in short lines. */
export async function importSummary(text: string, options = strict) {
  const { keys, findings } = await importKeys(text, options);
  return {
    keys: keys.map(({ key }) => [key.kty, key.kid ?? '', key.algorithms.join(' ')]),
    findings: findings.map(({ severity, reason, message }) => `${severity} ${reason} ${message}`),
  };
}
