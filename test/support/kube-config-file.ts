import { readFileSync, writeFileSync } from 'node:fs';

/** Who talks to which Kubernetes API. */
export interface KubeAccess {
  readonly server: string;
  /** PEM of what signed the certificate of the server. */
  readonly authority: string;
  readonly token: string;
  readonly namespace?: string;
}

/** Writes a kubeconfig of one cluster and one user; JSON is YAML. */
export function writeKubeConfig(path: string, access: KubeAccess): string {
  const { server, authority, token, namespace } = access;
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test', namespace } }],
    clusters: [
      {
        name: 'test',
        cluster: {
          server,
          'certificate-authority-data': Buffer.from(authority).toString('base64'),
        },
      },
    ],
    users: [{ name: 'test', user: { token } }],
  };
  writeFileSync(path, JSON.stringify(config), { mode: 0o600 });
  return path;
}

/** Reads what `writeKubeConfig` wrote. */
export function readKubeConfig(path: string): KubeAccess {
  const { clusters, users, contexts } = JSON.parse(readFileSync(path, 'utf8')) as WrittenConfig;
  const { server, 'certificate-authority-data': authority } = clusters[0].cluster;
  const { namespace } = contexts[0].context;
  return {
    server,
    authority: Buffer.from(authority, 'base64').toString(),
    token: users[0].user.token,
    ...(namespace === undefined ? {} : { namespace }),
  };
}

interface WrittenConfig {
  readonly contexts: readonly [{ readonly context: { readonly namespace?: string } }];
  readonly clusters: readonly [
    { readonly cluster: { readonly server: string; 'certificate-authority-data': string } },
  ];
  readonly users: readonly [{ readonly user: { readonly token: string } }];
}
