import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { createControllerAccount } from '../support/controller-account.ts';
import { startController, type ControllerProcess } from '../support/controller-process.ts';
import { startKube, type KubeApi } from '../support/kube.ts';
import { askGateway } from '../support/lab-client.ts';
import { writeLoopbackSlice } from '../support/loopback-slice.ts';
import { startTraffic } from '../support/steady-traffic.ts';
import { createTestKey, signToken } from '../support/token-factory.ts';

const domain = 'shop.example';
const names = ['primary', 'canary'] as const;
const key = createTestKey('ES256');

let kube: KubeApi;
let account: string;
let gateway: ControllerProcess;
let backends: readonly Server[];

beforeAll(async () => {
  backends = await Promise.all(names.map(startBackend));
  kube = await startKube();
  account = await createControllerAccount(kube);
  await kube.kubectl(['create', 'namespace', 'apps']);
  await apply(
    serviceAccount,
    service('web'),
    ...names.map((name) => pod(name, { app: 'web', stage: name })),
    upstream('web', 'NO_FALLBACK'),
    companyRoutes,
  );
  for (const [index, name] of names.entries()) {
    await writeLoopbackSlice(kube.etcd, { ...place('web', index), pod: name });
  }
  gateway = await startController({ kubeconfig: account });
  await gateway.ready();
}, 120_000);

afterAll(async () => {
  await gateway?.stop();
  await kube?.stop();
  for (const backend of backends ?? []) backend.close().closeAllConnections();
}, 60_000);

async function startBackend(name: string): Promise<Server> {
  const server = createServer((request, response) => {
    request.resume();
    response.end(name);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server;
}

const place = (name: string, index: number) => ({
  namespace: 'apps',
  service: name,
  port: (backends[index]!.address() as AddressInfo).port,
});

async function apply(...manifests: readonly object[]): Promise<void> {
  const text = manifests.map((manifest) => JSON.stringify(manifest)).join('\n---\n');
  const { code, stderr } = await kube.kubectl(['apply', '-n', 'apps', '-f', '-'], text);
  if (code !== 0) throw new Error(stderr);
}

/** What pods are admitted with; there are no controllers that would make it. */
const serviceAccount = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } };

const service = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { selector: { app: name }, ports: [{ name: 'http', port: 80 }] },
});

const pod = (name: string, labels: Readonly<Record<string, string>>) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels },
  spec: {
    automountServiceAccountToken: false,
    containers: [
      { name: 'web', image: 'example/web', env: [{ name: 'KEY', value: 'not-for-the-gateway' }] },
    ],
  },
});

const upstream = (name: string, fallbackPolicy: string) => ({
  apiVersion: 'gloo.solo.io/v1',
  kind: 'Upstream',
  metadata: { name },
  spec: {
    kube: {
      serviceName: name,
      servicePort: 80,
      subsetSpec: { selectors: [{ keys: ['stage'] }], fallbackPolicy },
    },
  },
});

const to = (name: string, stage: string) => ({
  routeAction: { single: { upstream: { name }, subset: { values: { stage } } } },
});

/** Whoever has a token of the company gets the canary, everybody else with a token the primary. */
const companyRoutes = {
  apiVersion: 'gateway.solo.io/v1',
  kind: 'VirtualService',
  metadata: { name: 'shop' },
  spec: {
    virtualHost: {
      domains: [domain],
      options: {
        jwt: {
          providers: {
            company: {
              issuer: 'https://id.example.com',
              claimsToHeaders: [{ claim: 'org', header: 'x-company' }],
              jwks: { local: { key: key.spki } },
            },
          },
        },
      },
      routes: [
        {
          matchers: [{ prefix: '/', headers: [{ name: 'x-company', value: 'example.com' }] }],
          ...to('web', 'canary'),
        },
        { matchers: [{ prefix: '/' }], ...to('web', 'primary') },
      ],
    },
  },
};

const tokenOf = (org: string) =>
  signToken(key, { iss: 'https://id.example.com', org, exp: Math.floor(Date.now() / 1000) + 600 });

async function ask(headers: Readonly<Record<string, string>>, host = domain): Promise<string> {
  const { status, body } = await askGateway({ url: gateway.url, host, path: '/', headers });
  return status === 200 ? body : `${status}`;
}

const askAs = (org: string) => ask({ authorization: `Bearer ${tokenOf(org)}` });

async function until(answer: () => Promise<string>, expected: string): Promise<void> {
  const end = performance.now() + 10_000;
  let last = '';
  while (last !== expected && performance.now() < end) {
    last = await answer();
    if (last !== expected) await delay(5);
  }
  expect(last).toBe(expected);
}

/** Waits until a resource is in a state, and gives what its status says of it. */
async function untilState(kind: string, name: string, state: string): Promise<string> {
  const end = performance.now() + 10_000;
  for (;;) {
    const dump = await fetch(`${gateway.adminUrl}/config_dump`).then((answer) => answer.json());
    type Told = { ref: { kind: string; name: string }; state: string; reason: string };
    const { outcomes } = dump as { outcomes: Told[] };
    const found = outcomes.find(({ ref }) => ref.kind === kind && ref.name === name);
    if (found?.state === state) return found.reason;
    if (performance.now() > end) throw new Error(`${kind} ${name}: ${JSON.stringify(found)}`);
    await delay(20);
  }
}

const label = (name: string, ...labels: readonly string[]) =>
  kube.kubectl(['label', 'pod', '-n', 'apps', name, '--overwrite', ...labels]);

describe('a subset of a Service', () => {
  it('is known before the gateway is ready, with the rights of the manifests and no more than labels', async () => {
    expect(await askAs('example.com')).toBe('canary');
    expect(await untilState('Upstream', 'web', 'Accepted')).toBe('');
    const dump = await fetch(`${gateway.adminUrl}/config_dump`).then((answer) => answer.text());
    expect(dump + gateway.log()).not.toContain('not-for-the-gateway');
  });

  it('is chosen by a claim', async () => {
    for (let count = 0; count < 5; count += 1) {
      expect(await askAs('example.com')).toBe('canary');
      expect(await askAs('other.example')).toBe('primary');
    }
    expect(await ask({})).toBe('401');
    const spoofed = { authorization: `Bearer ${tokenOf('other.example')}` };
    expect(await ask({ ...spoofed, 'x-company': 'example.com' })).toBe('primary');
  });

  it('follows the labels of pods, and drops no request', async () => {
    const headers = { authorization: `Bearer ${tokenOf('example.com')}` };
    const asked = { url: gateway.url, host: domain, path: '/', headers };
    const traffic = startTraffic({ ...asked, perSecond: 200, status: 200 });
    for (let count = 0; count < 4; count += 1) {
      const [next, former] = count % 2 === 0 ? names : [names[1], names[0]];
      // First both, so that there is somebody all the time: without a fallback nobody would be a 503.
      await label(next, 'stage=canary');
      await until(() => askAs('example.com'), next);
      await label(former, 'stage=primary');
      await until(() => askAs('other.example'), former);
      expect(await askAs('example.com')).toBe(next);
    }
    await traffic.stop();
    expect(traffic.failures()).toEqual({});
    expect(traffic.sent()).toBeGreaterThan(100);
  });

  it('has nobody when no pod has the label, and somebody again later', async () => {
    await label('canary', 'stage-');
    await until(() => askAs('example.com'), '503');
    expect(await askAs('other.example')).toBe('primary');
    await label('canary', 'stage=canary');
    await until(() => askAs('example.com'), 'canary');
  });

  it('follows the selector of the Service', async () => {
    const select = (stage: string | null) => {
      const patch = { spec: { selector: { app: 'web', stage } } };
      const args = ['patch', 'service', '-n', 'apps', 'web', '-p', JSON.stringify(patch)];
      return kube.kubectl(args);
    };
    await select('primary');
    await until(() => askAs('example.com'), '503');
    expect(await askAs('other.example')).toBe('primary');
    await select(null);
    await until(() => askAs('example.com'), 'canary');
  });

  it('never matches without the right to pods; it is said, and all the rest works', async () => {
    await gateway.stop();
    const rule = JSON.stringify([{ op: 'remove', path: `/rules/${await indexOfPods()}` }]);
    await kube.kubectl(['patch', 'clusterrole', 'seekgate-watched', '--type=json', '-p', rule]);
    gateway = await startController({ kubeconfig: account });
    await gateway.ready();
    expect(await askAs('example.com')).toBe('503');
    await apply(upstream('any', 'ANY_ENDPOINT'), service('any'), {
      apiVersion: 'gateway.solo.io/v1',
      kind: 'VirtualService',
      metadata: { name: 'any' },
      spec: {
        virtualHost: {
          domains: ['any.example'],
          routes: [
            {
              matchers: [{ prefix: '/text' }],
              directResponseAction: { status: 200, body: 'text' },
            },
            { matchers: [{ prefix: '/' }], ...to('any', 'canary') },
          ],
        },
      },
    });
    await writeLoopbackSlice(kube.etcd, { ...place('any', 0), pod: 'primary' });
    await until(() => ask({}, 'any.example'), 'primary');
    expect(await untilState('Upstream', 'web', 'Warning')).toContain(
      'spec.kube.subsetSpec: no endpoint has labels; the fallbackPolicy is NO_FALLBACK, so requests get 503: found no pod of apps.web that the gateway may read, accepted the right to list and watch pods there',
    );
    await untilState('VirtualService', 'any', 'Accepted');
  }, 60_000);
});

async function indexOfPods(): Promise<number> {
  const { stdout } = await kube.kubectl(['get', 'clusterrole', 'seekgate-watched', '-o', 'json']);
  const { rules } = JSON.parse(stdout) as { rules: { resources: string[] }[] };
  const index = rules.findIndex(({ resources }) => resources.includes('pods'));
  expect(index).toBeGreaterThanOrEqual(0);
  return index;
}
