import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createControllerAccount } from '../support/controller-account.ts';
import { startController, type ControllerProcess } from '../support/controller-process.ts';
import { readKubeConfig } from '../support/kube-config-file.ts';
import { kubeFiles } from '../support/kube-flags.ts';
import { startKube, type KubeApi } from '../support/kube.ts';
import { outputOf } from '../support/kubectl.ts';
import { askGateway } from '../support/lab-client.ts';
import { createTestKey, signToken } from '../support/token-factory.ts';

let kube: KubeApi;
let gateway: ControllerProcess;

const kubectl = (args: readonly string[], input?: string) => outputOf(kube.kubectl(args, input));
const apply = (...manifests: readonly object[]) =>
  kubectl(['apply', '-f', '-'], manifests.map((one) => JSON.stringify(one)).join('\n---\n'));
const waitFor = (condition: string) =>
  kubectl(['wait', `--for=condition=${condition}`, 'vs/jobs', '-n', 'team', '--timeout=20s']);

beforeAll(async () => {
  kube = await startKube();
  const kubeconfig = await createControllerAccount(kube);
  await kubectl(['create', 'namespace', 'team']);
  await kubectl(['create', 'namespace', 'foreign']);
  for (const account of ['batch', 'other']) {
    await kubectl(['create', 'serviceaccount', account, '-n', 'team']);
  }
  await kubectl(['create', 'serviceaccount', 'batch', '-n', 'foreign']);
  const rights = readFileSync('deploy/secrets.yaml', 'utf8').replace('deepseek-key', 'ca-of-api');
  await kubectl(['apply', '-n', 'team', '-f', '-'], rights);
  gateway = await startController({ kubeconfig });
  await gateway.ready();
}, 120_000);

afterAll(async () => {
  await gateway?.stop();
  await kube?.stop();
}, 60_000);

function virtualService(): object {
  const kubernetes = {
    issuer: kube.url,
    audiences: ['deepseek'],
    jwks: {
      remote: {
        url: 'https://kubernetes.default.svc/openid/v1/jwks',
        upstreamRef: { name: 'kubernetes-api' },
      },
    },
  };
  const batch = { sub: 'system:serviceaccount:team:batch' };
  const policies = {
    batch: {
      principals: [{ jwtPrincipal: { claims: batch } }],
      permissions: { pathPrefix: '/batch' },
    },
    team: {
      nestedClaimDelimiter: '|',
      principals: [{ jwtPrincipal: { claims: { 'kubernetes.io|namespace': 'team' } } }],
      permissions: { pathPrefix: '/team' },
    },
  };
  return {
    apiVersion: 'gateway.solo.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'jobs', namespace: 'team' },
    spec: {
      virtualHost: {
        domains: ['*'],
        options: { jwt: { providers: { kubernetes } }, rbac: { policies } },
        routes: [
          {
            matchers: [{ prefix: '/' }],
            directResponseAction: { status: 200, body: 'you may' },
          },
        ],
      },
    },
  };
}

function upstream(): object {
  const { hostname, port } = new URL(kube.url);
  return {
    apiVersion: 'gloo.solo.io/v1',
    kind: 'Upstream',
    metadata: { name: 'kubernetes-api', namespace: 'team' },
    spec: {
      static: { hosts: [{ addr: hostname, port: Number(port) }] },
      sslConfig: { sni: 'kubernetes.default.svc', secretRef: { name: 'ca-of-api' } },
    },
  };
}

const tokenOf = async (account: string, { namespace = 'team', audience = 'deepseek' } = {}) =>
  (await kubectl(['create', 'token', account, '-n', namespace, '--audience', audience])).trim();

async function ask(path: string, token?: string): Promise<string> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const answer = await askGateway({ url: gateway.url, host: 'x.example', path, headers });
  return `${answer.status} ${answer.body}`;
}

/** As the API server signs, with other claims. */
function forged(token: string, claims: object, key?: 'another'): string {
  const [header = '', payload = ''] = token.split('.');
  const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as object;
  const pem = readFileSync(join(dirname(kube.kubeconfig), kubeFiles.accountsKey));
  const testKey = createTestKey('ES256');
  const signer = key === 'another' ? testKey : { ...testKey, privateKey: createPrivateKey(pem) };
  return signToken(signer, { ...read(payload), ...claims }, read(header));
}

describe('the API server as the issuer', () => {
  it('has keys that are not open to everybody: the status says so, and what it takes', async () => {
    const { authority } = readKubeConfig(kube.kubeconfig);
    await apply(
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'ca-of-api', namespace: 'team' },
        stringData: { 'ca.crt': authority },
      },
      upstream(),
      virtualService(),
    );
    await waitFor('KeysReady=false');
    const message = ['-o', 'jsonpath={.status.conditions[?(@.type=="KeysReady")].message}'];
    const told = () => kubectl(['get', 'vs', 'jobs', '-n', 'team', ...message]);
    // The Secret may be seen after the VirtualService: then there is another fault first.
    const until = performance.now() + 20_000;
    while (!/40[13]/.test(await told()) && performance.now() < until) await delay(100);
    expect(await told()).toMatch(/40[13]/);
    expect(await ask('/batch', await tokenOf('batch'))).toMatch(/^401 /);
    const role = '--clusterrole=system:service-account-issuer-discovery';
    const group = '--group=system:unauthenticated';
    await kubectl(['create', 'clusterrolebinding', 'issuer-keys', role, group]);
    await waitFor('KeysReady');
    await waitFor('Programmed');
  }, 60_000);

  it.each([
    ['the account of the policy', 'batch', 'team', '/batch', '200 you may'],
    ['another account', 'other', 'team', '/batch', '403 RBAC: access denied'],
    ['an account of that name elsewhere', 'batch', 'foreign', '/batch', '403 RBAC: access denied'],
    ['any account of the namespace', 'other', 'team', '/team', '200 you may'],
    ['an account of another namespace', 'batch', 'foreign', '/team', '403 RBAC: access denied'],
  ])('%s', async (_title, account, namespace, path, expected) => {
    expect(await ask(path, await tokenOf(account, { namespace }))).toBe(expected);
  });

  it.each(['another', 'https://kubernetes.default.svc'])(
    'a token for the audience %s is refused as by Envoy',
    async (audience) => {
      const token = await tokenOf('batch', { audience });
      expect(await ask('/batch', token)).toBe('403 Audiences in Jwt are not allowed');
    },
  );

  it('no token, garbage, an old one, one of another key', async () => {
    const token = await tokenOf('batch');
    expect(await ask('/batch', forged(token, {}))).toBe('200 you may');
    const hourAgo = Math.floor(Date.now() / 1000) - 3_600;
    expect(
      await Promise.all([
        ask('/batch'),
        ask('/batch', 'garbage'),
        ask('/batch', forged(token, { exp: hourAgo })),
        ask('/batch', forged(token, {}, 'another')),
        ask('/batch', forged(token, { iss: 'https://elsewhere.example' })),
      ]),
    ).toEqual([
      '401 Jwt is missing',
      '401 Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections',
      '401 Jwt is expired',
      '401 Jwt verification fails',
      '401 Jwt issuer is not configured',
    ]);
  });

  it('goes on while the API server is away', async () => {
    const token = await tokenOf('batch');
    await kube.server.kill();
    expect(await ask('/batch', token)).toBe('200 you may');
    expect((await fetch(`${gateway.adminUrl}/readyz`)).status).toBe(200);
    await kube.server.start();
  }, 60_000);
});
