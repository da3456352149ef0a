import { afterEach, describe, expect, it } from '@jest/globals';
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../../src/base/clock.ts';
import { createLogger } from '../../../src/base/log.ts';
import type { ConfigSource } from '../../../src/sources/config-source.ts';
import { createFileSource } from '../../../src/sources/file-source.ts';
import { createStore, type Store } from '../../../src/store/store.ts';
import { createTempFolder } from '../../support/temp-folder.ts';

const secret = (name: string) => `apiVersion: v1\nkind: Secret\nmetadata: {name: ${name}}\n`;

const open: ConfigSource[] = [];
afterEach(async () => {
  for (const source of open.splice(0)) await source.stop();
});

async function started(path: string): Promise<{ store: Store; source: ConfigSource }> {
  const store = createStore();
  const source = createFileSource({
    paths: [path],
    store,
    defaultNamespace: 'default',
    clock: systemClock,
    logger: createLogger('silent'),
  });
  open.push(source);
  await source.start();
  return { store, source };
}

const names = (store: Store) =>
  store
    .snapshot()
    .list('Secret')
    .map(({ ref }) => ref.name);

/** Well before the resync that would find it anyway. */
async function becomes(store: Store, expected: readonly string[]): Promise<void> {
  const until = performance.now() + 3000;
  while (performance.now() < until && names(store).join() !== expected.join()) await sleep(5);
  expect(names(store)).toEqual(expected);
}

describe('file source', () => {
  it('refuses a folder that is not there, and names it', async () => {
    using folder = createTempFolder();
    await expect(started(folder.pathOf('none'))).rejects.toMatchObject({
      code: 'ERR_SOURCE',
      message: expect.stringContaining(folder.pathOf('none')),
    });
  });

  it('is synced once everything was loaded', async () => {
    using folder = createTempFolder();
    await folder.write('a.yaml', secret('a'));
    const { store, source } = await started(folder.path);
    expect(source.synced()).toBe(true);
    expect(names(store)).toEqual(['a']);
  });

  it('sees a file written, replaced, renamed and deleted', async () => {
    using folder = createTempFolder();
    const { store } = await started(folder.path);
    await folder.write('a.yaml', secret('a'));
    await becomes(store, ['a']);
    await folder.write('a.yaml', secret('b'));
    await becomes(store, ['b']);
    await folder.write('.a.yaml.tmp', secret('c'));
    await rename(folder.pathOf('.a.yaml.tmp'), folder.pathOf('a.yaml'));
    await becomes(store, ['c']);
    await folder.write('new/folder/d.yaml', secret('d'));
    await becomes(store, ['c', 'd']);
    await rm(folder.pathOf('a.yaml'));
    await becomes(store, ['d']);
    await rm(folder.pathOf('new'), { recursive: true });
    await becomes(store, []);
  });

  it('sees a single file that is replaced', async () => {
    using folder = createTempFolder();
    await folder.write('a.yaml', secret('a'));
    const { store } = await started(folder.pathOf('a.yaml'));
    await folder.write('tmp', secret('b'));
    await rename(folder.pathOf('tmp'), folder.pathOf('a.yaml'));
    await becomes(store, ['b']);
    await writeFile(folder.pathOf('a.yaml'), secret('c'));
    await becomes(store, ['c']);
  });

  it('sees the swap of a mounted ConfigMap', async () => {
    using folder = createTempFolder();
    await folder.write('..1/a.yaml', secret('a'));
    await symlink('..1', folder.pathOf('..data'));
    await symlink('..data/a.yaml', folder.pathOf('a.yaml'));
    const { store } = await started(folder.path);
    expect(names(store)).toEqual(['a']);
    for (const [version, name] of [
      ['..2', 'b'],
      ['..3', 'c'],
    ] as const) {
      await mkdir(folder.pathOf(version));
      await folder.write(`${version}/a.yaml`, secret(name));
      await symlink(version, folder.pathOf('..data_tmp'));
      await rename(folder.pathOf('..data_tmp'), folder.pathOf('..data'));
      await becomes(store, [name]);
    }
  });

  it('has a change in the store soon after it was made', async () => {
    using folder = createTempFolder();
    const { store } = await started(folder.path);
    await folder.write('a.yaml', secret('a'));
    await becomes(store, ['a']);
    const times: number[] = [];
    for (const name of ['b', 'c', 'd', 'e', 'f']) {
      const start = performance.now();
      await folder.write('a.yaml', secret(name));
      await becomes(store, [name]);
      times.push(performance.now() - start);
    }
    // Far from the 25 ms it takes on an idle machine, and far from the resync.
    expect(times.sort((a, b) => a - b)[2]).toBeLessThan(500);
  });
});
