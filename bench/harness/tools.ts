import { existsSync } from 'node:fs';
import { join } from 'node:path';

const packages: Readonly<Record<string, string>> = {
  wrk: 'wrk',
  nginx: 'nginx-light',
  taskset: 'util-linux',
};

/** Path of a tool of the machine; throws with the command that installs it. */
export function requireTool(name: string): string {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin'];
  const found = folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
  if (found !== undefined) return found;
  throw new Error(`${name} is missing: apt-get install --yes ${packages[name] ?? name}`);
}
