import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder that is gone when the block ends (`using`). */
export function temporaryFolder(): Disposable & {
  readonly path: string;
  readonly file: (name: string) => string;
} {
  const path = mkdtempSync(join(tmpdir(), 'seekgate-test-'));
  return {
    path,
    file: (name) => join(path, name),
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}
