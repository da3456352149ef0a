import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readKubeConfigFiles } from '../../../src/kube/kube-config-file.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';

let folder: TempFolder;
beforeEach(() => {
  folder = createTempFolder();
});
afterEach(() => folder[Symbol.dispose]());

const withUser = (name: string, token: string, current = '') =>
  `current-context: "${current}"\nusers: [{ name: ${name}, user: { token: ${token} } }]\n`;

describe('readKubeConfigFiles', () => {
  it('puts files together, in their order; the first current context counts', async () => {
    await folder.write('one', withUser('a', 'first'));
    await folder.write('two', withUser('a', 'second', 'of-two'));
    await folder.write('three', withUser('b', 'third', 'of-three'));
    const paths = ['one', 'gone', 'two', 'three'].map((name) => folder.pathOf(name));
    const { users, currentContext } = await readKubeConfigFiles(paths);
    expect(users.map(({ name, token }) => [name, token])).toEqual([
      ['a', 'first'],
      ['a', 'second'],
      ['b', 'third'],
    ]);
    expect(currentContext).toBe('of-two');
  });

  it('refuses a list of which no file is there, and one with a file that is no kubeconfig', async () => {
    const gone = folder.pathOf('gone');
    await expect(readKubeConfigFiles([gone, `${gone}2`])).rejects.toThrow(
      `${gone}: cannot be read (ENOENT)`,
    );
    await folder.write('one', withUser('a', 'first'));
    await folder.write('bad', 'canary');
    await expect(readKubeConfigFiles([folder.pathOf('one'), folder.pathOf('bad')])).rejects.toThrow(
      `${folder.pathOf('bad')}: is not a kubeconfig`,
    );
  });
});
