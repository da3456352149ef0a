import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A folder that a test fills; disposing it deletes it. */
export interface TempFolder extends Disposable {
  readonly path: string;
  readonly pathOf: (name: string) => string;
  readonly write: (name: string, text: string) => Promise<void>;
}

export function createTempFolder(): TempFolder {
  const path = mkdtempSync(join(tmpdir(), 'seekgate-test-'));
  const pathOf = (name: string): string => join(path, name);
  return {
    path,
    pathOf,
    write: async (name, text) => {
      await mkdir(dirname(pathOf(name)), { recursive: true });
      await writeFile(pathOf(name), text);
    },
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}
