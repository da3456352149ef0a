import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { createControllerAccount } from '../support/controller-account.ts';
import { startController, type ControllerProcess } from '../support/controller-process.ts';
import { startKube, type KubeApi } from '../support/kube.ts';
import { createKubeRequests, type KubeRequests } from '../support/kube-request.ts';
import { askGateway } from '../support/lab-client.ts';
import { deleteLoopbackSlice, writeLoopbackSlice } from '../support/loopback-slice.ts';
import { startTraffic } from '../support/steady-traffic.ts';

type Kind = 'virtualservices' | 'upstreams' | 'settings' | 'secrets' | 'services';
type Spec = Readonly<Record<string, unknown>>;

const groups: Readonly<Record<Kind, string>> = {
  virtualservices: '/apis/gateway.solo.io/v1',
  upstreams: '/apis/gloo.solo.io/v1',
  settings: '/apis/gloo.solo.io/v1',
  secrets: '/api/v1',
  services: '/api/v1',
};
const kindNames: Readonly<Record<Kind, string>> = {
  virtualservices: 'VirtualService',
  upstreams: 'Upstream',
  settings: 'Settings',
  secrets: 'Secret',
  services: 'Service',
};

let kube: KubeApi;
let account: string;
let api: KubeRequests;
let gateway: ControllerProcess;
let backends: readonly Server[];

beforeAll(async () => {
  backends = await Promise.all([startBackend('one'), startBackend('two')]);
  kube = await startKube();
  account = await createControllerAccount(kube);
  api = createKubeRequests(kube.kubeconfig);
  for (const name of ['apps', 'tenant', 'closed']) {
    await api.send('POST', '/api/v1/namespaces', { metadata: { name } });
  }
  const rights = readFileSync('deploy/secrets.yaml', 'utf8');
  await kube.kubectl(['apply', '-n', 'apps', '-f', '-'], rights);
  gateway = await startController({ kubeconfig: account });
}, 120_000);

afterAll(async () => {
  await gateway?.stop();
  api?.close();
  await kube?.stop();
  for (const backend of backends ?? []) backend.close().closeAllConnections();
}, 60_000);

/** Answers with its name and the end of the key that it was sent: the key itself would be struck out of the answer. */
async function startBackend(name: string): Promise<Server> {
  const server = createServer((request, response) => {
    request.resume();
    response.end(`${name} ${request.headers.authorization?.split('-').at(-1) ?? ''}`);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server;
}

const portOf = (index: number) => (backends[index]!.address() as AddressInfo).port;

function pathOf(kind: Kind, namespace: string, name = ''): string {
  return `${groups[kind]}/namespaces/${namespace}/${kind}${name === '' ? '' : `/${name}`}`;
}

function create(kind: Kind, [namespace, name]: readonly [string, string], body: Spec) {
  const apiVersion = groups[kind].replace(/^\/apis?\//, '');
  const manifest = { apiVersion, kind: kindNames[kind], metadata: { name, namespace }, ...body };
  return api.send('POST', pathOf(kind, namespace), manifest);
}

const patch = (kind: Kind, [namespace, name]: readonly [string, string], body: Spec) =>
  api.send('PATCH', pathOf(kind, namespace, name), body);

const remove = (kind: Kind, namespace: string, name: string) =>
  api.send('DELETE', pathOf(kind, namespace, name));

const keyOf = (value: string) => ({ stringData: { Authorization: `Bearer ${value}` } });

/** A model server of ours that takes the key of a Secret. */
const model = (secret: string) => {
  const customHost = { host: '127.0.0.1', port: portOf(0) };
  const authToken = { secretRef: { name: secret } };
  return { spec: { ai: { openai: { authToken, customHost } } } };
};

const host = (domain: string, route: Spec) => ({
  spec: { virtualHost: { domains: [domain], routes: [{ matchers: [{ prefix: '/' }], ...route }] } },
});
const to = (name: string) => ({ routeAction: { single: { upstream: { name } } } });
const text = (body: string) => ({ directResponseAction: { status: 200, body } });

async function ask(domain: string): Promise<string> {
  const { status, body } = await askGateway({ url: gateway.url, host: domain, path: '/v1/models' });
  return status === 200 ? body : `${status}`;
}

/** Waits until an answer is the right one. */
async function until(domain: string, expected: string | RegExp): Promise<void> {
  const end = performance.now() + 10_000;
  let last = '';
  const isRight = () => (typeof expected === 'string' ? last === expected : expected.test(last));
  while (!isRight() && performance.now() < end) {
    last = await ask(domain).catch((error: NodeJS.ErrnoException) => `${error.code}`);
    if (!isRight()) await delay(5);
  }
  expect([domain, last]).toEqual([domain, expect.stringMatching(expected)]);
}

describe('a controller', () => {
  it('is ready with nothing to serve', async () => {
    expect(await gateway.ready()).toBeGreaterThan(0);
    const ready = await fetch(`${gateway.adminUrl}/readyz`);
    expect(await ready.text()).toBe('ok\n');
  });

  it('serves what is applied, edited, made anew, and no longer what is deleted', async () => {
    const vs = ['apps', 'story'] as const;
    await create('virtualservices', vs, host('story.example', text('first')));
    await until('story.example', 'first');
    await patch('virtualservices', vs, host('story.example', text('second')));
    await until('story.example', 'second');
    await remove('virtualservices', ...vs);
    await create('virtualservices', vs, host('story.example', text('third')));
    await until('story.example', 'third');
    await create('virtualservices', ['apps', 'other'], host('other.example', text('other')));
    await remove('virtualservices', ...vs);
    await until('story.example', '404');
    expect(await ask('other.example')).toBe('other');
  });

  it('lets the last good version serve in place of a broken edit, and a new one when it is made anew', async () => {
    const vs = ['apps', 'edited'] as const;
    await create('virtualservices', vs, host('edited.example', text('good')));
    await until('edited.example', 'good');
    const broken = host('edited.example', { matchers: [{ regex: '(' }], ...text('bad') });
    await patch('virtualservices', vs, broken);
    await create('virtualservices', ['apps', 'after'], host('after.example', text('after')));
    await until('after.example', 'after');
    expect(await ask('edited.example')).toBe('good');
    await remove('virtualservices', ...vs);
    await create('virtualservices', vs, broken);
    await until('edited.example', '404');
  });
});

/** Waits until it is known what has become of a resource. */
async function untilSeen(kind: string, name: string): Promise<void> {
  const end = performance.now() + 10_000;
  for (;;) {
    const dump = await fetch(`${gateway.adminUrl}/config_dump`).then((answer) => answer.json());
    const { outcomes } = dump as { outcomes: { ref: { kind: string; name: string } }[] };
    if (outcomes.some(({ ref }) => ref.kind === kind && ref.name === name)) return;
    if (performance.now() > end) throw new Error(`${kind} ${name} is not seen`);
    await delay(5);
  }
}

describe('a VirtualService, its Upstream and the Secret of that', () => {
  const parts = ['virtualservices', 'upstreams', 'secrets'] as const;
  const orders = parts.flatMap((first) =>
    parts.flatMap((second) =>
      parts.flatMap((third) =>
        new Set([first, second, third]).size === 3 ? [[first, second, third] as const] : [],
      ),
    ),
  );

  it.each(orders.map((order, index) => [index, order] as const))(
    'may come in every order: %d %j',
    async (index, order) => {
      const name = `model-${index}`;
      const bodies = {
        virtualservices: host(`${name}.example`, to(name)),
        upstreams: model('deepseek-key'),
        secrets: keyOf(`sk-${index}`),
      };
      for (const kind of order) {
        const named = kind === 'secrets' ? 'deepseek-key' : name;
        await create(kind, ['apps', named], bodies[kind]);
        if (kind !== 'secrets') await untilSeen(kindNames[kind], name);
      }
      await until(`${name}.example`, `one ${index}`);
      await remove('secrets', 'apps', 'deepseek-key');
      await until(`${name}.example`, '503');
      await remove('virtualservices', 'apps', name);
      await remove('upstreams', 'apps', name);
      await until(`${name}.example`, '404');
    },
  );
});

describe('a Secret', () => {
  it('may be replaced while requests are served', async () => {
    await create('secrets', ['apps', 'deepseek-key'], keyOf('sk-0'));
    await create('upstreams', ['apps', 'rotated'], model('deepseek-key'));
    await create('virtualservices', ['apps', 'rotated'], host('rotated.example', to('rotated')));
    await until('rotated.example', 'one 0');
    const asked = { url: gateway.url, host: 'rotated.example', path: '/v1/models' };
    const traffic = startTraffic({ ...asked, perSecond: 250, status: 200 });
    for (let count = 1; count <= 100; count += 1) {
      await patch('secrets', ['apps', 'deepseek-key'], keyOf(`sk-${count}`));
      await until('rotated.example', `one ${count}`);
    }
    await traffic.stop();
    expect(traffic.failures()).toEqual({});
    expect(traffic.sent()).toBeGreaterThan(200);
  }, 30_000);

  it('that may not be read closes the routes that need it, and no others', async () => {
    await create('secrets', ['closed', 'deepseek-key'], keyOf('sk-hidden'));
    await create('upstreams', ['closed', 'model'], model('deepseek-key'));
    await create('virtualservices', ['closed', 'model'], host('closed.example', to('model')));
    await create('virtualservices', ['closed', 'free'], host('free.example', text('free')));
    await until('free.example', 'free');
    await until('closed.example', '503');
    const dump = await fetch(`${gateway.adminUrl}/config_dump`).then((answer) => answer.text());
    expect(dump).toContain(
      'no right to list and watch secrets with the name deepseek-key in namespace closed',
    );
    expect(dump + gateway.log()).not.toContain('sk-hidden');
    const found =
      'found no Secret "closed.deepseek-key" that the gateway may read, accepted the name of a Secret, and the right to list and watch it';
    for (const kind of ['Upstream', 'VirtualService']) {
      expect(await stateOf(kind, 'model')).toMatchObject({
        state: 'Warning',
        reason: expect.stringContaining(found),
      });
    }
    const rights = readFileSync('deploy/secrets.yaml', 'utf8');
    await kube.kubectl(['apply', '-n', 'closed', '-f', '-'], rights);
    await until('closed.example', 'one hidden');
    expect(await stateOf('VirtualService', 'model')).toMatchObject({ state: 'Accepted' });
  });
});

describe('a Service', () => {
  const kubeOf = (service: string) => {
    return { kube: { ref: { name: service, namespace: 'apps' }, port: 80 } };
  };

  it.each([
    ['named by a route', 'web', { routeAction: { single: kubeOf('web') } }, undefined],
    [
      'named by an Upstream',
      'shop',
      to('shop'),
      { spec: { kube: { serviceName: 'shop', servicePort: 80 } } },
    ],
  ])(
    '%s may change its endpoints while requests are served',
    async (_title, name, route, upstream) => {
      const slice = (index: number, ready = true) => {
        return { namespace: 'apps', service: name, port: portOf(index), ready };
      };
      const domain = `${name}.example`;
      await create('services', ['apps', name], { spec: { ports: [{ name: 'http', port: 80 }] } });
      if (upstream) await create('upstreams', ['apps', name], upstream);
      await writeLoopbackSlice(kube.etcd, slice(1, false));
      await create('virtualservices', ['apps', name], host(domain, route));
      await until(domain, '503');
      await writeLoopbackSlice(kube.etcd, slice(0));
      await untilOnly(domain, 'one');
      const asked = { url: gateway.url, host: domain, path: '/' };
      const traffic = startTraffic({ ...asked, perSecond: 250, status: 200 });
      for (let count = 0; count < 12; count += 1) {
        const [now, next] = count % 2 === 0 ? [0, 1] : [1, 0];
        await writeLoopbackSlice(kube.etcd, slice(next));
        await until(domain, next === 0 ? /^one/ : /^two/);
        if (count % 4 < 2) await writeLoopbackSlice(kube.etcd, slice(now, false));
        else await deleteLoopbackSlice(kube.etcd, slice(now));
        await untilOnly(domain, next === 0 ? 'one' : 'two');
      }
      await traffic.stop();
      expect(traffic.failures()).toEqual({});
      expect(traffic.sent()).toBeGreaterThan(200);
      await writeLoopbackSlice(kube.etcd, slice(0, false));
      await until(domain, '503');
      expect(await stateOf('VirtualService', name)).toMatchObject({
        state: 'Warning',
        reason: expect.stringContaining(`no ready endpoint of apps.${name}:80`),
      });
    },
    30_000,
  );
});

/** What has become of a resource, as the admin port tells it. */
async function stateOf(kind: string, name: string): Promise<{ state: string; reason: string }> {
  const dump = await fetch(`${gateway.adminUrl}/config_dump`).then((answer) => answer.json());
  type Told = { ref: { kind: string; name: string }; state: string; reason: string };
  const { outcomes } = dump as { outcomes: Told[] };
  const found = outcomes.find(({ ref }) => ref.kind === kind && ref.name === name);
  if (!found) throw new Error(`${kind} ${name} is not seen`);
  return found;
}

/** Waits until a backend has answered several times in a row. */
async function untilOnly(domain: string, name: string): Promise<void> {
  const end = performance.now() + 10_000;
  for (let row = 0; row < 5;) {
    if (performance.now() > end) throw new Error(`${name} is not alone`);
    row = (await ask(domain)).startsWith(name) ? row + 1 : 0;
  }
}

describe('Settings', () => {
  const spec = { rbac: { requireRbac: true } };

  it('of a tenant change nothing, those of the gateway everything', async () => {
    await create('virtualservices', ['tenant', 'plain'], host('plain.example', text('plain')));
    await until('plain.example', 'plain');
    await create('settings', ['tenant', 'default'], { spec });
    await create('virtualservices', ['tenant', 'later'], host('later.example', text('later')));
    await until('later.example', 'later');
    expect(await ask('plain.example')).toBe('plain');
    await create('settings', ['seekgate-system', 'default'], { spec });
    await until('plain.example', '403');
    await remove('settings', 'seekgate-system', 'default');
    await until('plain.example', 'plain');
  });
});

describe('a kind without CRD', () => {
  it('is said, leaves the others alone, and is served once its CRD is there', async () => {
    await gateway.stop();
    await kube.kubectl(['delete', 'crd', 'upstreams.gloo.solo.io']);
    gateway = await startController({ kubeconfig: account });
    await gateway.ready();
    expect(await ask('plain.example')).toBe('plain');
    const state = async () => {
      const metrics = await fetch(`${gateway.adminUrl}/metrics`).then((answer) => answer.text());
      return /kube_watch_state\{kind="Upstream",state="(\w+)"\} 1/.exec(metrics)?.[1];
    };
    expect(await state()).toBe('absent');
    const dump = await fetch(`${gateway.adminUrl}/config_dump`).then((answer) => answer.text());
    expect(dump).toContain('accepted its CRD, upstreams.gloo.solo.io');
    await kube.kubectl(['apply', '-f', 'crds/']);
    await kube.kubectl(['wait', '--for=condition=established', 'crd', '--all', '--timeout=30s']);
    const hosts = [{ addr: '127.0.0.1', port: portOf(1) }];
    await create('upstreams', ['apps', 'late'], { spec: { static: { hosts } } });
    await create('virtualservices', ['apps', 'late'], host('late.example', to('late')));
    const end = performance.now() + 40_000;
    while ((await state()) !== 'synced' && performance.now() < end) await delay(50);
    await until('late.example', /^two/);
  }, 60_000);
});
