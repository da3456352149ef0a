import { join } from 'node:path';
import { readKubeConfig, writeKubeConfig } from './kube-config-file.ts';
import { outputOf, type Kubectl } from './kubectl.ts';

/** A ServiceAccount and what it may do. */
export interface ServiceAccountOptions {
  readonly namespace: string;
  readonly name: string;
  /** Roles and bindings, as `kubectl apply` takes them; they name the account. */
  readonly rights: string;
  /** How long its token is good; the API gives none for less than ten minutes. Default an hour. */
  readonly tokenMinutes?: number;
}

/** Makes a ServiceAccount with its namespace and rights; gives the path of a kubeconfig whose user it is. */
export async function createServiceAccount(
  api: { readonly kubectl: Kubectl; readonly kubeconfig: string; readonly folder: string },
  { namespace, name, rights, tokenMinutes = 60 }: ServiceAccountOptions,
): Promise<string> {
  const account = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } },
  ];
  const made = account.map((manifest) => JSON.stringify(manifest)).join('\n---\n');
  await outputOf(api.kubectl(['apply', '-f', '-'], made));
  await outputOf(api.kubectl(['apply', '-f', '-'], rights));
  const args = ['create', 'token', name, '--namespace', namespace];
  const token = await outputOf(api.kubectl([...args, `--duration=${tokenMinutes}m`]));
  const path = join(api.folder, `${namespace}-${name}.kubeconfig`);
  return writeKubeConfig(path, {
    ...readKubeConfig(api.kubeconfig),
    token: token.trim(),
    namespace,
  });
}
