import type { Cluster, KubeConfig, User } from '@kubernetes/client-node';
import { AppError } from '../base/errors.ts';

/** Which kubeconfig is meant. */
export interface KubeConfigChoice {
  /** A file; without it `KUBECONFIG`, then `~/.kube/config`, then the service account of the pod. */
  readonly kubeconfig?: string | undefined;
  /** A context of it; without it the current one. */
  readonly context?: string | undefined;
}

/** A kubeconfig with a cluster and a user that this program can use. */
export interface LoadedKubeConfig {
  readonly config: KubeConfig;
  readonly server: string;
  readonly namespace: string | undefined;
  /** By a plug-in or an OIDC login, which keep what they were given; files are to be read again. */
  readonly renewsItself: boolean;
}

/** What client-node falls back to when it finds nothing at all. */
const nothingFound = 'http://localhost:8080';

/** Reads the kubeconfig; throws `ERR_KUBE_CONFIG`, without anything of its content that may be secret. */
export async function loadKubeConfig(choice: KubeConfigChoice): Promise<LoadedKubeConfig> {
  // 0.4 s and many megabytes that a gateway without a cluster does not need.
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  const origin = choice.kubeconfig ?? 'the default kubeconfig';
  try {
    if (choice.kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromFile(choice.kubeconfig);
  } catch (thrown) {
    throw fault(origin, whyUnreadable(thrown));
  }
  chooseContext(config, choice, origin);
  const cluster = config.getCurrentCluster();
  const user = config.getCurrentUser();
  const context = config.getCurrentContext();
  if (!cluster) throw fault(origin, `context ${context}: found no such cluster, name one`);
  if (!user) throw fault(origin, `context ${context}: found no such user, name one`);
  checkCluster(cluster, choice, origin);
  checkUser(user, origin);
  const namespace = config.getContextObject(context)?.namespace?.trim();
  return {
    config,
    server: cluster.server,
    namespace: namespace === '' ? undefined : namespace,
    renewsItself: Boolean(user.exec) || user.authProvider?.name === 'oidc',
  };
}

function fault(origin: string, text: string): AppError {
  return new AppError('ERR_KUBE_CONFIG', `${origin}: ${text}`);
}

/** A YAML parser quotes the lines around a mistake, and these may hold a token: only the number of the line is told. */
function whyUnreadable(thrown: unknown): string {
  const { code, mark, message } = thrown as {
    readonly code?: unknown;
    readonly mark?: { readonly line?: number };
    readonly message?: unknown;
  };
  if (typeof code === 'string') return `cannot be read (${code})`;
  if (mark?.line !== undefined) return `is not YAML (line ${mark.line + 1})`;
  const missing = /^(?:clusters|users|contexts)\[\d+\]\.[a-z.]+ is missing$/;
  return typeof message === 'string' && missing.test(message) ? message : 'is not a kubeconfig';
}

function chooseContext(config: KubeConfig, choice: KubeConfigChoice, origin: string): void {
  const names = config.getContexts().map(({ name }) => name);
  const wanted = choice.context ?? config.getCurrentContext();
  if (!wanted) throw fault(origin, `current-context: not set, name one of ${names.join(', ')}`);
  if (!names.includes(wanted)) {
    throw fault(origin, `context: found ${wanted}, accepted are ${names.join(', ') || 'none'}`);
  }
  config.setCurrentContext(wanted);
}

function checkCluster(cluster: Cluster, choice: KubeConfigChoice, origin: string): void {
  if (cluster.server === nothingFound && choice.kubeconfig === undefined) {
    throw fault(
      origin,
      'found none in KUBECONFIG or ~/.kube/config and no service account of a pod, name one by --kubeconfig',
    );
  }
  if (!URL.canParse(cluster.server) || new URL(cluster.server).protocol !== 'https:') {
    throw fault(origin, `cluster ${cluster.name}: server: not an https URL`);
  }
  if (cluster.proxyUrl) {
    throw fault(origin, `cluster ${cluster.name}: proxy-url: not supported, connect directly`);
  }
}

function checkUser(user: User, origin: string): void {
  const { token, certData, certFile, exec, authProvider, username } = user;
  if (!(token || certData || certFile || exec || authProvider || username)) {
    throw fault(
      origin,
      `user ${user.name}: found no credentials, accepted are token, token-file, client-certificate, exec, auth-provider, username`,
    );
  }
}
