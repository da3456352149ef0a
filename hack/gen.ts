// `npm run gen` writes everything that is generated; `--check` only names what differs, and exits 1 then.
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { apiReference } from './gen/api-reference.ts';
import { crds } from './gen/crds.ts';
import { errorsPage } from './gen/errors-page.ts';
import type { Generator } from './gen/generator.ts';
import { reasonsPage } from './gen/reasons-page.ts';
import { rightsManifests } from './gen/rights-manifests.ts';
import { rightsPage } from './gen/rights-page.ts';
import { settingsPage } from './gen/settings-page.ts';
import { supportPage } from './gen/support-page.ts';

const generators: readonly Generator[] = [
  crds,
  apiReference,
  supportPage,
  reasonsPage,
  errorsPage,
  settingsPage,
  rightsManifests,
  rightsPage,
];

process.chdir(dirname(import.meta.dirname));
const check = process.argv.includes('--check');
const differences = generators.flatMap((generator) => apply(generator));
for (const line of differences) console.log(line);
if (check && differences.length > 0) {
  console.log('generated files are not up to date: run `npm run gen` and commit what it writes');
  process.exitCode = 1;
}

function apply({ files, owns }: Generator): readonly string[] {
  const made = files();
  const orphans = owns === undefined ? [] : globSync(`${owns}/*`).filter((path) => !made.has(path));
  const stale = [...made].filter(([path, text]) => contentOf(path) !== text);
  if (!check) {
    for (const path of orphans) rmSync(path);
    for (const [path, text] of stale) write(path, text);
  }
  return [
    ...stale.map(([path]) => `${check ? 'differs' : 'wrote'}: ${path}`),
    ...orphans.map((path) => `${check ? 'not generated' : 'removed'}: ${path}`),
  ];
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
