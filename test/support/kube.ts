import { spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { binary } from '../../hack/cluster/binaries.ts';
import { startProgram, type Running } from './child-process.ts';

export interface KubectlRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A Kubernetes API of one's own on loopback: etcd and kube-apiserver, no controllers and no nodes. */
export interface KubeApi {
  readonly url: string;
  /** Path of a kubeconfig of an administrator. */
  readonly kubeconfig: string;
  /** Runs kubectl; `input` is its standard input. */
  readonly kubectl: (args: readonly string[], input?: string) => Promise<KubectlRun>;
  readonly stop: () => Promise<void>;
}

const readyWithinMs = 60_000;

/** Starts a Kubernetes API; throws with the command that builds it when a program is missing. */
export async function startKube(): Promise<KubeApi> {
  const programs = { etcd: binary('etcd'), server: binary('kube-apiserver') };
  const folder = mkdtempSync(join(tmpdir(), 'seekgate-kube-'));
  const [client = 0, peer = 0, port = 0] = await freePorts(3);
  const token = randomBytes(16).toString('hex');
  const url = `https://127.0.0.1:${port}`;
  writeCredentials(folder, token);
  const etcd = startProgram(
    programs.etcd,
    etcdFlags(folder, client, peer),
    join(folder, 'etcd.log'),
  );
  const flags = serverFlags(folder, client, port);
  const server = startProgram(programs.server, flags, join(folder, 'server.log'));
  const stop = async () => {
    await server.stop();
    await etcd.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await untilReady(url, token, [etcd, server]);
  } catch (error) {
    await stop();
    throw error;
  }
  const kubeconfig = writeKubeconfig(folder, url, token);
  return {
    url,
    kubeconfig,
    kubectl: (args, input) => kubectl(['--kubeconfig', kubeconfig, ...args], folder, input),
    stop,
  };
}

/** Every port is held until all are known, so that they differ. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}

function writeCredentials(folder: string, token: string): void {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = privateKey.export({ type: 'sec1', format: 'pem' });
  writeFileSync(join(folder, 'accounts.key'), pem, { mode: 0o600 });
  const row = `${token},admin,admin,system:masters\n`;
  writeFileSync(join(folder, 'tokens.csv'), row, { mode: 0o600 });
}

function etcdFlags(folder: string, client: number, peer: number): readonly string[] {
  const peerUrl = `http://127.0.0.1:${peer}`;
  return [
    `--data-dir=${join(folder, 'etcd')}`,
    // Nothing here is for keeping.
    '--unsafe-no-fsync',
    '--name=test',
    `--listen-client-urls=http://127.0.0.1:${client}`,
    `--advertise-client-urls=http://127.0.0.1:${client}`,
    `--listen-peer-urls=${peerUrl}`,
    `--initial-advertise-peer-urls=${peerUrl}`,
    `--initial-cluster=test=${peerUrl}`,
  ];
}

function serverFlags(folder: string, etcdPort: number, port: number): readonly string[] {
  const accountsKey = join(folder, 'accounts.key');
  return [
    `--etcd-servers=http://127.0.0.1:${etcdPort}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
    // The server makes itself a certificate there.
    `--cert-dir=${folder}`,
    // The service "kubernetes" may not point at a loopback address, and nobody here asks for it.
    '--endpoint-reconciler-type=none',
    '--advertise-address=192.0.2.1',
    '--service-cluster-ip-range=10.96.0.0/16',
    `--service-account-issuer=https://127.0.0.1:${port}`,
    `--service-account-signing-key-file=${accountsKey}`,
    `--service-account-key-file=${accountsKey}`,
    `--token-auth-file=${join(folder, 'tokens.csv')}`,
    '--authorization-mode=RBAC',
    '--profiling=false',
  ];
}

async function untilReady(url: string, token: string, parts: readonly Running[]): Promise<void> {
  const end = performance.now() + readyWithinMs;
  while (!(await isReady(url, token))) {
    const failed = parts.find((part) => part.ended()) ?? parts.at(-1);
    if (parts.some((part) => part.ended()) || performance.now() > end) {
      throw new Error(`the Kubernetes API did not start:\n${failed?.log().slice(-2000)}`);
    }
    await delay(50);
  }
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

function writeKubeconfig(folder: string, server: string, token: string): string {
  const certificate = readFileSync(join(folder, 'apiserver.crt')).toString('base64');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'admin' } }],
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority-data': certificate } }],
    users: [{ name: 'admin', user: { token } }],
  };
  const path = join(folder, 'kubeconfig');
  writeFileSync(path, JSON.stringify(config), { mode: 0o600 });
  return path;
}

async function kubectl(args: readonly string[], home: string, input = ''): Promise<KubectlRun> {
  // A home of its own: kubectl keeps a cache of what the API serves, which is another one each time.
  const child = spawn(binary('kubectl'), args, { env: { ...process.env, HOME: home } });
  child.stdin.end(input);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number]>,
  ]);
  return { code, stdout, stderr };
}
