import type { RequestOptions } from 'node:https';
import type { KubeCluster, KubeUser } from './kube-config-content.ts';

/** Runs the plug-in or the login of a user, and keeps what it gave until that expires. */
export type KubePlugin = () => Promise<PluginCredentials>;

/** What a plug-in gave: headers, and a certificate where it is one that does. */
export interface PluginCredentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly cert: string | Buffer | undefined;
  readonly key: string | Buffer | undefined;
}

/** Creates the plug-in of a user with `exec` or `auth-provider`. */
export async function createKubePlugin(cluster: KubeCluster, user: KubeUser): Promise<KubePlugin> {
  // 0.4 s and 85 MB, which is much for a token that stands in a file.
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  const { name } = cluster;
  config.loadFromOptions({
    clusters: [{ name, server: cluster.server, skipTLSVerify: cluster.skipTlsVerify }],
    users: [{ name: user.name, exec: user.exec, authProvider: user.authProvider }],
    contexts: [{ name, cluster: name, user: user.name }],
    currentContext: name,
  });
  return async () => {
    const options: RequestOptions = {};
    await config.applyToHTTPSOptions(options);
    const headers = Object.entries(options.headers ?? {});
    return {
      headers: Object.fromEntries(headers.map(([header, value]) => [header, String(value)])),
      cert: options.cert as string | Buffer | undefined,
      key: options.key as string | Buffer | undefined,
    };
  };
}
