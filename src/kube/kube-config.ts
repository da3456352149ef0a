import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import {
  kubeConfigFault,
  type KubeCluster,
  type KubeConfigContent,
  type KubeContext,
  type KubeUser,
} from './kube-config-content.ts';
import { readKubeConfigFile, readKubeConfigFiles } from './kube-config-file.ts';
import { createKubePlugin, type KubePlugin } from './kube-plugin.ts';
import {
  readServiceAccount,
  serviceAccountFolder,
  type KubeEnvironment,
} from './service-account.ts';

/** Which kubeconfig is meant. */
export interface KubeConfigChoice {
  /** A file; without it `KUBECONFIG`, then `~/.kube/config`, then the service account of the pod. */
  readonly kubeconfig?: string | undefined;
  /** A context of it; without it the current one. */
  readonly context?: string | undefined;
  readonly environment?: KubeEnvironment | undefined;
  /** The folder of the service account of a pod; a parameter for tests. */
  readonly serviceAccount?: string | undefined;
}

/** A kubeconfig with a cluster and a user that this program can use. */
export interface LoadedKubeConfig {
  readonly cluster: KubeCluster;
  readonly user: KubeUser;
  readonly server: string;
  readonly namespace: string | undefined;
  /** What gives the credentials of the user where they are not in the file, or in files that it names. */
  readonly plugin: KubePlugin | undefined;
  /** By a plug-in or an OIDC login, which keep what they were given; files are to be read again. */
  readonly renewsItself: boolean;
}

interface Found {
  readonly origin: string;
  readonly content: KubeConfigContent;
}

/** Reads the kubeconfig; throws `ERR_KUBE_CONFIG`, without anything of its content that may be secret. */
export async function loadKubeConfig(choice: KubeConfigChoice): Promise<LoadedKubeConfig> {
  const found = await find(choice);
  const { origin, content } = found;
  const context = chooseContext(found, choice);
  const cluster = content.clusters.find(({ name }) => name === context.cluster);
  const user = content.users.find(({ name }) => name === context.user);
  const where = `context ${context.name}`;
  if (!cluster) throw kubeConfigFault(origin, `${where}: found no such cluster, name one`);
  if (!user) throw kubeConfigFault(origin, `${where}: found no such user, name one`);
  checkCluster(cluster, origin);
  checkUser(user, origin);
  const namespace = context.namespace?.trim();
  const plugin = needsPlugin(user) ? await createKubePlugin(cluster, user) : undefined;
  return {
    cluster,
    user,
    server: cluster.server,
    namespace: namespace === '' ? undefined : namespace,
    plugin,
    renewsItself: plugin !== undefined,
  };
}

async function find(choice: KubeConfigChoice): Promise<Found> {
  const { kubeconfig, environment = {}, serviceAccount = serviceAccountFolder } = choice;
  if (kubeconfig !== undefined) {
    return { origin: kubeconfig, content: await readKubeConfigFile(kubeconfig) };
  }
  const listed = (environment.kubeconfig ?? '').split(delimiter).filter((path) => path !== '');
  const files = listed.length > 0 ? listed : await filesOfHome(environment);
  if (files.length > 0) {
    return { origin: files.join(delimiter), content: await readKubeConfigFiles(files) };
  }
  const content = await readServiceAccount(environment, serviceAccount);
  if (content) return { origin: serviceAccount, content };
  throw kubeConfigFault(
    'the default kubeconfig',
    'found none in KUBECONFIG or ~/.kube/config and no service account of a pod, name one by --kubeconfig',
  );
}

async function filesOfHome({ home }: KubeEnvironment): Promise<readonly string[]> {
  if (!home) return [];
  const file = join(home, '.kube', 'config');
  return access(file).then(
    () => [file],
    () => [],
  );
}

function chooseContext({ origin, content }: Found, choice: KubeConfigChoice): KubeContext {
  const names = [...new Set(content.contexts.map(({ name }) => name))].join(', ') || 'none';
  const wanted = choice.context ?? content.currentContext;
  if (!wanted) throw kubeConfigFault(origin, `current-context: not set, name one of ${names}`);
  const context = content.contexts.find(({ name }) => name === wanted);
  if (context) return context;
  throw kubeConfigFault(origin, `context: found ${wanted}, accepted are ${names}`);
}

function checkCluster({ name, server, proxyUrl }: KubeCluster, origin: string): void {
  const url = URL.parse(server);
  if (url?.protocol !== 'https:') {
    throw kubeConfigFault(origin, `cluster ${name}: server: not an https URL`);
  }
  // The URL is logged.
  if (url.username !== '' || url.password !== '') {
    throw kubeConfigFault(origin, `cluster ${name}: server: found a user in the URL, name a user`);
  }
  if (proxyUrl !== undefined) {
    throw kubeConfigFault(origin, `cluster ${name}: proxy-url: not supported, connect directly`);
  }
}

function checkUser(user: KubeUser, origin: string): void {
  const { token, tokenFile, certData, certFile, exec, authProvider, username } = user;
  const given = token ?? tokenFile ?? certData ?? certFile ?? exec ?? authProvider ?? username;
  if (given !== undefined) return;
  throw kubeConfigFault(
    origin,
    `user ${user.name}: found no credentials, accepted are token, tokenFile, client-certificate, exec, auth-provider, username`,
  );
}

/** A token in the file of an `auth-provider` needs nothing but reading. */
function needsPlugin({ exec, authProvider, tokenFile }: KubeUser): boolean {
  return exec !== undefined || (authProvider !== undefined && tokenFile === undefined);
}
