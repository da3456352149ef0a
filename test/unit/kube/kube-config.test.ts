import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { loadKubeConfig } from '../../../src/kube/kube-config.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';

let folder: TempFolder;
beforeEach(() => {
  folder = createTempFolder();
});
afterEach(() => folder[Symbol.dispose]());

async function load(user: object, namespace?: string) {
  const config = {
    'current-context': 'x',
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u', namespace } }],
    clusters: [{ name: 'c', cluster: { server: 'https://api.test' } }],
    users: [{ name: 'u', user }],
  };
  await folder.write('config', JSON.stringify(config));
  return loadKubeConfig({ kubeconfig: folder.pathOf('config') });
}

describe('loadKubeConfig', () => {
  it.each([
    ['a token', { token: 'x' }, false],
    ['a file', { 'auth-provider': { name: 'tokenFile', config: { tokenFile: 'x' } } }, false],
    ['a plug-in', { exec: { command: 'x' } }, true],
    ['an OIDC login', { 'auth-provider': { name: 'oidc', config: {} } }, true],
  ])('knows whether %s renews itself', async (_, user, renewsItself) => {
    expect(await load(user)).toMatchObject({ server: 'https://api.test', renewsItself });
  });

  it.each([
    ['team-a', 'team-a'],
    // The file of a service account may end in a newline.
    ['team-a\n', 'team-a'],
    [' ', undefined],
    [undefined, undefined],
  ])('namespace %j', async (given, namespace) => {
    expect((await load({ token: 'x' }, given)).namespace).toBe(namespace);
  });
});
