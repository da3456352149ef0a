import { readFileSync } from 'node:fs';

/** Version of the program, as its package says. */
export function programVersion(): string {
  // The same place as seen from src/cli and from dist/cli.
  const file = new URL('../../package.json', import.meta.url);
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
  return version;
}
