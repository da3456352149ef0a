import { describe, expect, it } from '@jest/globals';
import { mkdir, symlink } from 'node:fs/promises';
import { relative } from 'node:path';
import { assertPathsExist, findManifests } from '../../../src/sources/file-tree.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';

async function found(folder: TempFolder, paths = [folder.path]): Promise<readonly string[]> {
  return (await findManifests(paths)).map(({ path }) => relative(folder.path, path));
}

describe('file tree', () => {
  it('finds yaml, yml and json in every folder below, in order', async () => {
    using folder = createTempFolder();
    for (const name of ['b.yaml', 'a.yml', 'sub/deep/c.json', 'readme.md', 'x.yaml~']) {
      await folder.write(name, '');
    }
    expect(await found(folder)).toEqual(['a.yml', 'b.yaml', 'sub/deep/c.json']);
  });

  it('leaves out hidden names', async () => {
    using folder = createTempFolder();
    await folder.write('.a.yaml.swp.yaml', '');
    await folder.write('.git/b.yaml', '');
    expect(await found(folder)).toEqual([]);
  });

  it('sees a mounted ConfigMap once', async () => {
    using folder = createTempFolder();
    await folder.write('..2030_01_01/a.yaml', '');
    await symlink('..2030_01_01', folder.pathOf('..data'));
    await symlink('..data/a.yaml', folder.pathOf('a.yaml'));
    expect(await found(folder)).toEqual(['a.yaml']);
  });

  it('ends in a loop of links, and passes over a link to nothing', async () => {
    using folder = createTempFolder();
    await folder.write('sub/a.yaml', '');
    await symlink('..', folder.pathOf('sub/up'));
    await symlink('nowhere', folder.pathOf('b.yaml'));
    expect(await found(folder)).toEqual(['sub/a.yaml']);
  });

  it('takes a file that is named whatever it is called, and every path once', async () => {
    using folder = createTempFolder();
    await folder.write('a.conf', '');
    await folder.write('b.yaml', '');
    const paths = [folder.pathOf('a.conf'), folder.path, folder.pathOf('b.yaml')];
    expect(await found(folder, paths)).toEqual(['a.conf', 'b.yaml']);
  });

  it('gives a changed file another stamp, and an unchanged one the same', async () => {
    using folder = createTempFolder();
    await folder.write('a.yaml', '1');
    await folder.write('b.yaml', '1');
    const before = await findManifests([folder.path]);
    await folder.write('a.yaml', '2');
    const after = await findManifests([folder.path]);
    expect(after[0]!.stamp).not.toBe(before[0]!.stamp);
    expect(after[1]!.stamp).toBe(before[1]!.stamp);
  });

  it('refuses a path that is not there', async () => {
    using folder = createTempFolder();
    await mkdir(folder.pathOf('there'));
    await expect(assertPathsExist([folder.pathOf('there')])).resolves.toBeUndefined();
    await expect(
      assertPathsExist([folder.pathOf('there'), folder.pathOf('gone')]),
    ).rejects.toMatchObject({ code: 'ERR_SOURCE', message: expect.stringContaining('/gone: ') });
  });
});
