import { describe, expect, it } from '@jest/globals';
import { kubeConfigContent } from '../../../src/kube/kube-config-content.ts';

const read = (document: unknown) => kubeConfigContent(document, 'file', (path) => `/in/${path}`);
const readUser = (user: unknown) => read({ users: [{ name: 'u', user }] }).users[0];

describe('kubeConfigContent', () => {
  it('reads a cluster', () => {
    const cluster = {
      server: 'https://api.test/',
      'certificate-authority': 'ca.crt',
      'certificate-authority-data': 'Y2E=',
      'insecure-skip-tls-verify': true,
      'tls-server-name': 'name.test',
      'proxy-url': 'http://proxy.test',
    };
    expect(read({ clusters: [{ name: 'c', cluster }] }).clusters).toEqual([
      {
        name: 'c',
        server: 'https://api.test',
        caData: 'Y2E=',
        caFile: '/in/ca.crt',
        skipTlsVerify: true,
        tlsServerName: 'name.test',
        proxyUrl: 'http://proxy.test',
      },
    ]);
  });

  it('takes the paths of a user for paths from the folder of the file', () => {
    const user = { 'client-certificate': 'c.crt', 'client-key': 'c.key', tokenFile: 'token' };
    expect(readUser(user)).toMatchObject({
      certFile: '/in/c.crt',
      keyFile: '/in/c.key',
      tokenFile: '/in/token',
    });
  });

  it.each([
    ['./plugin', '/in/./plugin'],
    ['plugin', 'plugin'],
  ])('a command %s is run as %s', (command, run) => {
    expect(readUser({ exec: { command, args: ['a'] } })?.exec).toEqual({
      command: run,
      args: ['a'],
    });
  });

  it('passes over what is empty or null, as Kubernetes does', () => {
    expect(readUser({ token: '', username: null, exec: null })).toEqual({ name: 'u' });
    expect(read({ contexts: null, 'current-context': '' })).toEqual({
      clusters: [],
      users: [],
      contexts: [],
      currentContext: undefined,
    });
  });

  it.each<[string, unknown, string]>([
    ['a text', 'canary', 'file: is not a kubeconfig'],
    ['a list', [], 'file: is not a kubeconfig'],
    ['users that are no list', { users: 'canary' }, 'file: users: found no list, accepted a list'],
    ['a user that is no object', { users: ['canary'] }, 'file: users[0]: found no object'],
    ['a user without a name', { users: [{}] }, 'file: users[0].name is missing'],
    [
      'a user that is a text',
      { users: [{ name: 'u', user: 'canary' }] },
      'file: users[0].user: found no object, accepted an object',
    ],
    [
      'a token that is a number',
      { users: [{ name: 'u', user: { token: 1234 } }] },
      'file: users[0].user.token: found a number, accepted a text',
    ],
    [
      'groups to act in',
      { users: [{ name: 'u', user: { as: 'jane', 'as-groups': ['canary'] } }] },
      'file: users[0].user.as-groups: not supported, accepted is as alone',
    ],
    ['a cluster of nothing', { clusters: [{ name: 'c' }] }, 'file: clusters[0].cluster is missing'],
    [
      'a context without a cluster',
      { contexts: [{ name: 'x', context: {} }] },
      'file: contexts[0].context.cluster is missing',
    ],
  ])('refuses %s without a word of what it holds', (_, document, message) => {
    expect(() => read(document)).toThrow(
      expect.objectContaining({ code: 'ERR_KUBE_CONFIG', message }),
    );
  });
});
