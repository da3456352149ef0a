import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';

import { pluralOf } from '../support/kind-plural.ts';
import { controllerNamespace, createControllerAccount } from '../support/controller-account.ts';
import { startController, type ControllerProcess } from '../support/controller-process.ts';
import { freePort } from '../support/free-port.ts';
import { createKubeRequests, type KubeRequests } from '../support/kube-request.ts';
import { startKube, type KubeApi } from '../support/kube.ts';
import {
  mixedNamespaces,
  mixedResources,
  shuffledRanks,
  type Manifest,
  type MixedResource,
} from '../support/mixed-resources.ts';
import { randomOf } from '../support/random-edits.ts';

let kube: KubeApi;
let api: KubeRequests;
let gateway: ControllerProcess;
let resources: readonly MixedResource[];

/** More by hand: `SHUFFLES=20`. */
const shuffles = Number(process.env['SHUFFLES'] ?? 4);

beforeAll(async () => {
  kube = await startKube();
  const account = await createControllerAccount(kube);
  api = createKubeRequests(kube.kubeconfig);
  for (const name of mixedNamespaces) {
    await api.send('POST', '/api/v1/namespaces', { metadata: { name } });
  }
  const httpPort = await freePort();
  const ports = [httpPort, await freePort()] as const;
  resources = mixedResources({ namespace: controllerNamespace, ports });
  for (const namespace of mixedNamespaces) await allowSecrets(namespace);
  gateway = await startController({ kubeconfig: account, httpPort });
  await gateway.ready();
}, 120_000);

afterAll(async () => {
  await gateway?.stop();
  api?.close();
  await kube?.stop();
}, 60_000);

/** Secrets are given by name, as `deploy/secrets.yaml` shows. */
async function allowSecrets(namespace: string): Promise<void> {
  const group = '/apis/rbac.authorization.k8s.io/v1';
  const resourceNames = resources.flatMap(({ manifest: { kind, metadata } }) =>
    kind === 'Secret' && metadata.namespace === namespace ? [metadata.name] : [],
  );
  const metadata = { name: 'secrets', namespace };
  await api.send('POST', `${group}/namespaces/${namespace}/roles`, {
    metadata,
    rules: [{ apiGroups: [''], resources: ['secrets'], resourceNames, verbs: ['list', 'watch'] }],
  });
  await api.send('POST', `${group}/namespaces/${namespace}/rolebindings`, {
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'secrets' },
    subjects: [{ kind: 'ServiceAccount', name: 'seekgate', namespace: controllerNamespace }],
  });
}

/**
 * The API stamps who is older, by the second, and the oldest keeps what two want: resources that want the same thing are made in
 * the same order in every shuffle, in different seconds. All others come whenever the random numbers say.
 */
async function applyAll(seed: number): Promise<void> {
  for (const [index, rank] of shuffledRanks(resources, randomOf(seed)).entries()) {
    if (index > 0) await delay(1000 - (Date.now() % 1000) + 20);
    for (const manifest of rank) await api.send('POST', collectionOf(manifest), manifest);
  }
}

async function deleteAll(): Promise<void> {
  for (const { manifest } of resources) {
    await api.send('DELETE', `${collectionOf(manifest)}/${manifest.metadata.name}`);
  }
  await until(async () => (await state()).outcomes === 0);
}

function collectionOf({ apiVersion, kind, metadata }: Manifest): string {
  const group = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
  return `${group}/namespaces/${metadata.namespace}/${pluralOf(kind)}`;
}

interface State {
  readonly version: string;
  readonly outcomes: number;
}

async function state(): Promise<State> {
  const answer = await fetch(`${gateway.adminUrl}/config_dump`);
  const { table, outcomes } = (await answer.json()) as {
    readonly table: { readonly version: string } | null;
    readonly outcomes: readonly unknown[];
  };
  return { version: table?.version ?? '', outcomes: outcomes.length };
}

/** What is written on each resource, without the times at which, by its name. */
async function statuses(): Promise<Readonly<Record<string, unknown>>> {
  const found = resources
    .filter(({ manifest }) => manifest.kind !== 'Secret')
    .map(async ({ manifest }) => {
      const path = `${collectionOf(manifest)}/${manifest.metadata.name}`;
      const { status } = await api.send('GET', path);
      const { kind, metadata } = manifest;
      return [`${kind} ${metadata.namespace}/${metadata.name}`, withoutTimes(status)] as const;
    });
  return Object.fromEntries(await Promise.all(found));
}

function withoutTimes(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value ?? null, (name, member: unknown) =>
      name === 'lastTransitionTime' ? undefined : member,
    ),
  );
}

async function until(isSo: () => Promise<boolean>, withinMs = 30_000): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await isSo()) && performance.now() < end) await delay(50);
}

const isWritten = (all: Readonly<Record<string, unknown>>): boolean =>
  Object.values(all).every((status) => JSON.stringify(status).includes('"Programmed"'));

interface End {
  readonly version: string;
  readonly statuses: Readonly<Record<string, unknown>>;
}

/** Waits until it is as expected; without an expectation, until everything has a status and nothing changes for a while. */
async function settled(expected?: End): Promise<End> {
  let end: End = { version: '', statuses: {} };
  let quietSince = performance.now();
  await until(async () => {
    const next = { version: (await state()).version, statuses: await statuses() };
    if (JSON.stringify(next) !== JSON.stringify(end)) quietSince = performance.now();
    end = next;
    if (expected) return JSON.stringify(end) === JSON.stringify(expected);
    return isWritten(end.statuses) && performance.now() - quietSince > 2000;
  });
  return end;
}

describe('200 resources in a cluster, in any order', () => {
  let first: End;

  it('get a status each', async () => {
    await applyAll(0);
    first = await settled();
    expect(Object.entries(first.statuses).filter(([, status]) => !status)).toEqual([]);
    expect(isWritten(first.statuses)).toBe(true);
    await deleteAll();
  }, 120_000);

  it.each(Array.from({ length: shuffles }, (_none, index) => index + 1))(
    'end in the same table and statuses: seed %d',
    async (seed) => {
      await applyAll(seed);
      expect(await settled(first)).toEqual(first);
      await deleteAll();
    },
    120_000,
  );
});
