import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readServiceAccount } from '../../../src/kube/service-account.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';

let folder: TempFolder;
beforeEach(() => {
  folder = createTempFolder();
});
afterEach(() => folder[Symbol.dispose]());

describe('readServiceAccount', () => {
  it('is a kubeconfig of the files of a pod', async () => {
    await folder.write('token', 'abc');
    await folder.write('namespace', 'team-a\n');
    const read = await readServiceAccount(
      { serviceHost: '10.0.0.1', servicePort: '6443' },
      folder.path,
    );
    expect(read).toMatchObject({
      clusters: [{ server: 'https://10.0.0.1:6443', caFile: folder.pathOf('ca.crt') }],
      users: [{ tokenFile: folder.pathOf('token') }],
      contexts: [{ namespace: 'team-a\n' }],
    });
  });

  it('brackets an address of IPv6; the namespace may be missing', async () => {
    await folder.write('token', 'abc');
    const read = await readServiceAccount({ serviceHost: 'fd00::1' }, folder.path);
    expect(read?.clusters[0]?.server).toBe('https://[fd00::1]:443');
    expect(read?.contexts[0]?.namespace).toBeUndefined();
  });

  it('is not there outside of a pod, nor in a pod without one', async () => {
    expect(await readServiceAccount({ serviceHost: '10.0.0.1' }, folder.path)).toBeUndefined();
    await folder.write('token', 'abc');
    expect(await readServiceAccount({}, folder.path)).toBeUndefined();
  });
});
