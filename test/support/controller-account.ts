import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { KubeApi } from './kube.ts';

/** The namespace of the manifests in `deploy/`. */
export const controllerNamespace = 'seekgate-system';

/**
 * Installs the CRDs, and makes the ServiceAccount of `deploy/` with exactly the rights that are written down there; gives the
 * path of its kubeconfig.
 */
export async function createControllerAccount(kube: KubeApi): Promise<string> {
  await applied(kube, 'crds');
  await kube.kubectl(['wait', '--for=condition=established', 'crd', '--all', '--timeout=30s']);
  const files = ['controller.yaml', 'all-namespaces.yaml'];
  const rights = files.map((file) => readFileSync(root('deploy', file), 'utf8')).join('\n---\n');
  return kube.serviceAccount({ namespace: controllerNamespace, name: 'seekgate', rights });
}

async function applied(kube: KubeApi, folder: string): Promise<void> {
  const { code, stderr } = await kube.kubectl(['apply', '--server-side', '-f', root(folder)]);
  if (code !== 0) throw new Error(`${folder} was refused: ${stderr}`);
}

function root(...path: readonly string[]): string {
  return resolve(import.meta.dirname, '../..', ...path);
}
