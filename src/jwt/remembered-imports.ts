import type { ImportKeys, KeyImport } from '../ir/key-import.ts';

/** Texts at most; the oldest is forgotten first. */
const limit = 4096;

/**
 * The same reader of keys, but each text is read once: an edit of one manifest does not read the keys of all the others again,
 * which would be most of the work of a compile.
 */
export function rememberImports(importKeys: ImportKeys): ImportKeys {
  const remembered = new Map<string, Promise<KeyImport>>();
  return (text, options) => {
    const key = `${options.allowWeakKeys}:${text}`;
    const known = remembered.get(key);
    if (known) return known;
    const imported = importKeys(text, options);
    remembered.set(key, imported);
    const [oldest] = remembered.keys();
    if (remembered.size > limit && oldest !== undefined) remembered.delete(oldest);
    return imported;
  };
}
