import { accessSync, constants, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** A program that the tests run, and the Go package it is built from. */
export interface Program {
  readonly name: 'etcd' | 'kube-apiserver' | 'kube-controller-manager' | 'kubectl';
  /** Folder beside this file that pins the module. */
  readonly module: 'etcd' | 'kubernetes';
  readonly package: string;
}

export const programs: readonly Program[] = [
  { name: 'etcd', module: 'etcd', package: 'go.etcd.io/etcd/server/v3' },
  {
    name: 'kube-apiserver',
    module: 'kubernetes',
    package: 'k8s.io/kubernetes/cmd/kube-apiserver',
  },
  {
    name: 'kube-controller-manager',
    module: 'kubernetes',
    package: 'k8s.io/kubernetes/cmd/kube-controller-manager',
  },
  { name: 'kubectl', module: 'kubernetes', package: 'k8s.io/kubernetes/cmd/kubectl' },
];

/** Folder that holds the pins of a module. */
export function moduleFolder(module: Program['module']): string {
  return join(import.meta.dirname, module);
}

/** The pinned version of Kubernetes, e.g. `v1.36.3`. */
export function kubernetesVersion(): string {
  return pinned('kubernetes', 'k8s.io/kubernetes');
}

/** Where programs that are built go, by version. */
export function cacheFolder(): string {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const etcd = pinned('etcd', 'go.etcd.io/etcd/server/v3');
  return join(cache, 'seekgate', `kube-${kubernetesVersion()}-etcd-${etcd}`);
}

/** Path of a program; throws with the command that builds it when it is not there. */
export function binary(name: Program['name']): string {
  const path = findBinary(name);
  if (path !== undefined) return path;
  throw new Error(
    `${join(cacheFolder(), name)} is missing: run \`node hack/cluster/build.ts\`, or let KUBEBUILDER_ASSETS name a folder that has it`,
  );
}

/** Path of a program in `KUBEBUILDER_ASSETS` (where envtest puts etcd, kube-apiserver and kubectl) or, failing that, in the cache. */
export function findBinary(name: Program['name']): string | undefined {
  const assets = process.env['KUBEBUILDER_ASSETS'];
  const folders = assets ? [assets, cacheFolder()] : [cacheFolder()];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function pinned(module: Program['module'], path: string): string {
  const text = readFileSync(join(moduleFolder(module), 'go.mod'), 'utf8');
  const escaped = path.replaceAll('.', String.raw`\.`);
  const version = new RegExp(`${escaped} (v\\S+)`).exec(text)?.[1];
  if (version === undefined) throw new Error(`${module}/go.mod does not pin ${path}`);
  return version;
}
