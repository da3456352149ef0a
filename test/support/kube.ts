import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { binary } from '../../hack/cluster/binaries.ts';
import { startProgram, type Running } from './child-process.ts';
import { compactEtcd } from './etcd-compaction.ts';
import { writeKubeConfig } from './kube-config-file.ts';
import {
  controllersFlags,
  etcdFlags,
  etcdUrl,
  kubeFiles,
  serverFlags,
  serverUrl,
  type KubePorts,
} from './kube-flags.ts';
import { kubectlOf, type Kubectl } from './kubectl.ts';
import { createServiceAccount, type ServiceAccountOptions } from './service-account.ts';

export type { KubectlRun } from './kubectl.ts';

/** A Kubernetes API of one's own on loopback: etcd and kube-apiserver, no nodes, and controllers when asked for. */
export interface KubeApi {
  readonly url: string;
  /** Path of a kubeconfig of an administrator. */
  readonly kubeconfig: string;
  readonly kubectl: Kubectl;
  /** kube-apiserver alone: its data and its port stay. */
  readonly server: KubeServer;
  /** URL of etcd. */
  readonly etcd: string;
  /** etcd forgets every revision but the newest. */
  readonly compact: () => Promise<void>;
  /** Makes a ServiceAccount; gives the path of a kubeconfig whose user it is. */
  readonly serviceAccount: (options: ServiceAccountOptions) => Promise<string>;
  readonly stop: () => Promise<void>;
}

interface KubeServer {
  readonly kill: () => Promise<void>;
  /** Starts it again; resolves when it serves. */
  readonly start: () => Promise<void>;
}

export interface KubeOptions {
  /** Run kube-controller-manager too: without it no namespace is ever deleted, and no EndpointSlice follows a Service. */
  readonly controllers?: boolean;
}

const readyWithinMs = 60_000;

/** Starts a Kubernetes API; throws with the command that builds it when a program is missing. */
export async function startKube({ controllers = false }: KubeOptions = {}): Promise<KubeApi> {
  const folder = mkdtempSync(join(tmpdir(), 'seekgate-kube-'));
  const ports = await freePorts();
  const token = writeCredentials(folder);
  const run = (name: Parameters<typeof binary>[0], flags: readonly string[]) =>
    startProgram(binary(name), flags, join(folder, `${name}.log`));
  const startServer = () => run('kube-apiserver', serverFlags(folder, ports));
  const parts = [run('etcd', etcdFlags(folder, ports))];
  let server = startServer();
  const stop = async () => {
    for (const part of [...parts.slice(1), server, ...parts.slice(0, 1)]) await part.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  const ready = () => untilReady(serverUrl(ports), token, [...parts, server]);
  try {
    await ready();
    const api = accessTo(folder, ports, token);
    if (controllers) {
      parts.push(run('kube-controller-manager', controllersFlags(folder)));
      await untilAccounts(api.kubectl, parts);
    }
    const kill = () => server.kill();
    const start = async () => {
      server = startServer();
      await ready();
    };
    return { ...api, server: { kill, start }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function accessTo(folder: string, ports: KubePorts, token: string) {
  const url = serverUrl(ports);
  const authority = readFileSync(join(folder, kubeFiles.certificate), 'utf8');
  const path = join(folder, kubeFiles.kubeconfig);
  const kubeconfig = writeKubeConfig(path, { server: url, authority, token });
  const kubectl = kubectlOf(kubeconfig, folder);
  return {
    url,
    kubeconfig,
    kubectl,
    etcd: etcdUrl(ports),
    compact: () => compactEtcd(etcdUrl(ports)),
    serviceAccount: (options: ServiceAccountOptions) =>
      createServiceAccount({ kubectl, kubeconfig, folder }, options),
  };
}

/** Every port is held until all are known, so that they differ. */
async function freePorts(): Promise<KubePorts> {
  const servers = Array.from({ length: 3 }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const [etcd = 0, etcdPeer = 0, server = 0] = servers.map(
    (one) => (one.address() as AddressInfo).port,
  );
  await Promise.all(servers.map((one) => once(one.close(), 'close')));
  return { etcd, etcdPeer, server };
}

/** Gives the token of the administrator. */
function writeCredentials(folder: string): string {
  const token = randomBytes(16).toString('hex');
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = privateKey.export({ type: 'sec1', format: 'pem' });
  writeFileSync(join(folder, kubeFiles.accountsKey), pem, { mode: 0o600 });
  const row = `${token},admin,admin,system:masters\n`;
  writeFileSync(join(folder, kubeFiles.tokens), row, { mode: 0o600 });
  return token;
}

async function untilReady(url: string, token: string, parts: readonly Running[]): Promise<void> {
  const end = performance.now() + readyWithinMs;
  while (!(await isReady(url, token))) {
    failWhenOver(end, parts);
    await delay(50);
  }
}

/** The controllers are at work when they have made the account that every namespace has. */
async function untilAccounts(kubectl: Kubectl, parts: readonly Running[]): Promise<void> {
  const end = performance.now() + readyWithinMs;
  while ((await kubectl(['get', 'serviceaccount', 'default'])).code !== 0) {
    failWhenOver(end, parts);
    await delay(50);
  }
}

function failWhenOver(end: number, parts: readonly Running[]): void {
  const failed = parts.find((part) => part.ended());
  if (!failed && performance.now() < end) return;
  const log = (failed ?? parts.at(-1))?.log().slice(-2000);
  throw new Error(`the Kubernetes API did not start:\n${log}`);
}

function isReady(url: string, token: string): Promise<boolean> {
  return new Promise((resolve) => {
    // Its certificate is not written yet when the first questions are asked.
    const options = { headers: { authorization: `Bearer ${token}` }, rejectUnauthorized: false };
    const asked = request(`${url}/readyz`, options, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    asked.on('error', () => resolve(false));
    asked.end();
  });
}
