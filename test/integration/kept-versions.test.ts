import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { createControllerAccount } from '../support/controller-account.ts';
import { startController, type ControllerProcess } from '../support/controller-process.ts';
import { startKube, type KubeApi } from '../support/kube.ts';
import { outputOf } from '../support/kubectl.ts';
import { askGateway } from '../support/lab-client.ts';

let kube: KubeApi;
let account: string;
let gateway: ControllerProcess | undefined;

beforeAll(async () => {
  kube = await startKube();
  account = await createControllerAccount(kube);
  await outputOf(kube.kubectl(['create', 'namespace', 'apps']));
}, 120_000);

afterEach(async () => {
  await gateway?.stop();
}, 30_000);

afterAll(() => kube?.stop(), 60_000);

async function start(): Promise<ControllerProcess> {
  gateway = await startController({ kubeconfig: account });
  await gateway.ready();
  return gateway;
}

/** Starts one and waits until it may write. */
async function startLeading(): Promise<ControllerProcess> {
  const started = await start();
  await until(async () => started.log().includes('"msg":"leading"'), true, 20_000);
  return started;
}

const ask = (name: string) =>
  askGateway({ url: gateway?.url ?? '', host: `${name}.example`, path: '/' }).then(
    ({ status, body }) => (status === 200 ? body : `${status}`),
    () => 'closed',
  );

async function until<T>(look: () => Promise<T>, expected: T, withinMs = 10_000): Promise<void> {
  const end = performance.now() + withinMs;
  while (JSON.stringify(await look()) !== JSON.stringify(expected) && performance.now() < end) {
    await delay(20);
  }
  expect(await look()).toEqual(expected);
}

/** A VirtualService that answers a text; `key` is that of its issuer for a path of its own, and decides whether it is good. */
async function apply(name: string, body: string, key?: string): Promise<void> {
  const providers = { company: { issuer: 'https://id.example', jwks: { local: { key } } } };
  const manifest = {
    apiVersion: 'gateway.solo.io/v1',
    kind: 'VirtualService',
    metadata: { name, namespace: 'apps' },
    spec: {
      virtualHost: {
        domains: [`${name}.example`],
        ...(key === undefined ? {} : { options: { jwt: { providers } } }),
        routes: [{ matchers: [{ prefix: '/' }], directResponseAction: { status: 200, body } }],
      },
    },
  };
  await outputOf(kube.kubectl(['apply', '-f', '-'], JSON.stringify(manifest)));
}

const applyBad = (name: string, body: string) => apply(name, body, 'no key at all');

const remove = (name: string) =>
  outputOf(kube.kubectl(['delete', 'vs', name, '-n', 'apps', '--wait=true']));

interface KeptObject {
  readonly metadata: { readonly name: string; readonly resourceVersion: string };
  readonly spec: { readonly resources: number };
}

async function keptObjects(): Promise<readonly KeptObject[]> {
  const args = ['get', 'keptversions', '-n', 'seekgate-system', '-o', 'json'];
  const list = JSON.parse(await outputOf(kube.kubectl(args))) as { items: readonly KeptObject[] };
  return list.items;
}

const keptCount = async () =>
  (await keptObjects()).reduce((sum, { spec }) => sum + spec.resources, 0);

const versions = async () =>
  (await keptObjects()).map(({ metadata }) => `${metadata.name} ${metadata.resourceVersion}`);

async function condition(name: string, type: string): Promise<string> {
  const path = `{.status.conditions[?(@.type=="${type}")]['status','message']}`;
  return outputOf(kube.kubectl(['get', 'vs', name, '-n', 'apps', '-o', `jsonpath=${path}`]));
}

describe('last good versions', () => {
  it('serve after a bad edit while no controller runs, and the status says so', async () => {
    const first = await start();
    await apply('story', 'good');
    await apply('other', 'other');
    await until(keptCount, 2);
    await first.stop();
    await applyBad('story', 'bad');
    await start();
    expect([await ask('story'), await ask('other')]).toEqual(['good', 'other']);
    const accepted = () => condition('story', 'Accepted').then((text) => text.slice(0, 6));
    await until(accepted, 'False ');
    expect(await condition('story', 'Accepted')).toMatch(
      /jwks\.local\.key: .*; the last accepted version keeps serving$/,
    );
  }, 60_000);

  it('serve after another start, by a controller that was never told of the good version', async () => {
    await start();
    expect(await ask('story')).toBe('good');
    await apply('story', 'good again');
    await until(() => ask('story'), 'good again');
  }, 60_000);

  it('are of no use to a resource that was made anew', async () => {
    const first = await startLeading();
    await apply('anew', 'good');
    await until(() => ask('anew'), 'good');
    await until(keptCount, 3);
    await first.stop();
    await remove('anew');
    await applyBad('anew', 'bad');
    const second = await start();
    expect(await ask('anew')).toBe('404');
    expect(await ask('other')).toBe('other');
    await until(keptCount, 2);
    await second.stop();
    await remove('anew');
    await apply('story', 'good');
  }, 90_000);

  it('cost no write at a start', async () => {
    const first = await startLeading();
    await until(() => ask('story'), 'good');
    await first.stop();
    const before = await versions();
    const second = await startLeading();
    await delay(2_500);
    expect(await versions()).toEqual(before);
    await second.stop();
  }, 60_000);

  it('that are damaged cost only themselves', async () => {
    const objects = await keptObjects();
    for (const { metadata } of objects) {
      const patch = JSON.stringify({ spec: { contents: 'AAAA' } });
      const args = ['patch', 'keptversions', metadata.name, '-n', 'seekgate-system'];
      await outputOf(kube.kubectl([...args, '--type=merge', '-p', patch]));
    }
    await applyBad('story', 'bad');
    const gone = await start();
    expect([await ask('story'), await ask('other')]).toEqual(['404', 'other']);
    const told = async () => gone.log().match(/"msg":"kept versions cannot be read"/g)?.length;
    await until(told, objects.length);
    await until(keptCount, 1);
    await gone.stop();
  }, 60_000);

  it('are not needed: without the CRD everything else works, with one warning', async () => {
    await outputOf(kube.kubectl(['delete', 'crd', 'keptversions.seekgate.io']));
    const without = await start();
    await apply('story', 'good');
    await until(() => ask('story'), 'good');
    await until(() => condition('story', 'Programmed').then((text) => text.slice(0, 5)), 'True ');
    await delay(2_000);
    const warnings = without.log().match(/"msg":"(?:kept|accepted) versions [a-z ]+"/g);
    expect(warnings).toEqual([
      '"msg":"kept versions not restored"',
      '"msg":"accepted versions cannot be kept"',
    ]);
    await outputOf(kube.kubectl(['apply', '-f', 'crds/seekgate.io_keptversions.yaml']));
  }, 60_000);

  it('are those of the moment before a controller died', async () => {
    const first = await startLeading();
    await until(keptCount, 2);
    const before = await versions();
    await apply('story', 'newest');
    await until(() => ask('story'), 'newest');
    await until(async () => (await versions()).join() === before.join(), false);
    await first.kill();
    await applyBad('story', 'bad');
    await start();
    expect(await ask('story')).toBe('newest');
  }, 60_000);
});
