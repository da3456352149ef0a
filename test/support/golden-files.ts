import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { goldenFolder } from './golden-story.ts';

/** `UPDATE_GOLDEN=1` writes what the program says in place of comparing it, and deletes what belongs to no story. */
export const updating = process.env['UPDATE_GOLDEN'] === '1';

const input = 'in.yaml';
const members: readonly string[] = [input, 'table.yaml', 'status.yaml', 'requests.yaml'];
/** Of the folder itself. */
const others: readonly string[] = ['golden.test.ts', 'README.md', 'keys'];

/** Names of the stories, in order. */
export function storyNames(): readonly string[] {
  return readdirSync(goldenFolder)
    .filter((name) => existsSync(join(goldenFolder, name, input)))
    .sort();
}

/** Files and folders that belong to no story. */
export function orphans(): readonly string[] {
  return readdirSync(goldenFolder).flatMap((name) => {
    if (others.includes(name)) return [];
    if (!existsSync(join(goldenFolder, name, input))) return [name];
    return readdirSync(join(goldenFolder, name))
      .filter((file) => !members.includes(file))
      .map((file) => join(name, file));
  });
}

/** Deletes what {@link orphans} names. */
export function removeOrphans(): void {
  for (const path of orphans()) rmSync(join(goldenFolder, path), { recursive: true });
}

/** The recorded text of a file; when updating, the given one is recorded first. */
export function recorded(story: string, file: string, text: string): string {
  const path = join(goldenFolder, story, file);
  if (updating) writeFileSync(path, text);
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
