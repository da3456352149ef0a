import { access, readFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import type { KubeConfigContent } from './kube-config-content.ts';

/** What the environment of a process says about clusters. */
export interface KubeEnvironment {
  /** `KUBECONFIG`: paths, separated as in `PATH`. */
  readonly kubeconfig?: string | undefined;
  /** Home of the user, where `.kube/config` may be. */
  readonly home?: string | undefined;
  /** `KUBERNETES_SERVICE_HOST` and `_PORT`, which each pod is given. */
  readonly serviceHost?: string | undefined;
  readonly servicePort?: string | undefined;
}

/** Where a pod finds its service account. */
export const serviceAccountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The service account of a pod as a kubeconfig; undefined where this is no pod, or one without. */
export async function readServiceAccount(
  { serviceHost, servicePort = '443' }: KubeEnvironment,
  folder: string,
): Promise<KubeConfigContent | undefined> {
  const tokenFile = join(folder, 'token');
  if (!serviceHost || !(await isThere(tokenFile))) return undefined;
  const host = isIPv6(serviceHost) ? `[${serviceHost}]` : serviceHost;
  const namespace = await readFile(join(folder, 'namespace'), 'utf8').catch(() => undefined);
  const name = 'service-account';
  return {
    clusters: [
      {
        name,
        server: `https://${host}:${servicePort}`,
        caFile: join(folder, 'ca.crt'),
        skipTlsVerify: false,
      },
    ],
    users: [{ name, tokenFile }],
    contexts: [{ name, cluster: name, user: name, namespace }],
    currentContext: name,
  };
}

function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
