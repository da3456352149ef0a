import { join } from 'node:path';

/** Where the parts of a Kubernetes API listen, all on loopback. */
export interface KubePorts {
  readonly etcd: number;
  readonly etcdPeer: number;
  readonly server: number;
}

/** Names of the files that the parts share, in their folder. */
export const kubeFiles = {
  accountsKey: 'accounts.key',
  tokens: 'tokens.csv',
  /** The server makes it itself, under that name. */
  certificate: 'apiserver.crt',
  kubeconfig: 'kubeconfig',
} as const;

export function etcdFlags(folder: string, ports: KubePorts): readonly string[] {
  const clientUrl = etcdUrl(ports);
  const peerUrl = `http://127.0.0.1:${ports.etcdPeer}`;
  return [
    `--data-dir=${join(folder, 'etcd')}`,
    // Nothing here is for keeping.
    '--unsafe-no-fsync',
    '--name=test',
    `--listen-client-urls=${clientUrl}`,
    `--advertise-client-urls=${clientUrl}`,
    `--listen-peer-urls=${peerUrl}`,
    `--initial-advertise-peer-urls=${peerUrl}`,
    `--initial-cluster=test=${peerUrl}`,
  ];
}

export function serverFlags(folder: string, ports: KubePorts): readonly string[] {
  const accountsKey = join(folder, kubeFiles.accountsKey);
  return [
    `--etcd-servers=${etcdUrl(ports)}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${ports.server}`,
    // The server makes itself a certificate there, and takes it again when it is started anew.
    `--cert-dir=${folder}`,
    // The service "kubernetes" may not point at a loopback address, and nobody here asks for it.
    '--endpoint-reconciler-type=none',
    '--advertise-address=192.0.2.1',
    '--service-cluster-ip-range=10.96.0.0/16',
    `--service-account-issuer=${serverUrl(ports)}`,
    // Without it the discovery document names the advertised address, where nobody is.
    `--service-account-jwks-uri=${serverUrl(ports)}/openid/v1/jwks`,
    `--service-account-signing-key-file=${accountsKey}`,
    `--service-account-key-file=${accountsKey}`,
    `--token-auth-file=${join(folder, kubeFiles.tokens)}`,
    '--authorization-mode=RBAC',
    '--profiling=false',
  ];
}

export function controllersFlags(folder: string): readonly string[] {
  return [
    `--kubeconfig=${join(folder, kubeFiles.kubeconfig)}`,
    '--leader-elect=false',
    // Its default of 20 a second makes the start take five seconds.
    '--kube-api-qps=200',
    '--kube-api-burst=400',
    `--service-account-private-key-file=${join(folder, kubeFiles.accountsKey)}`,
    `--root-ca-file=${join(folder, kubeFiles.certificate)}`,
    // Nobody asks for its own health and metrics.
    '--secure-port=0',
    '--profiling=false',
  ];
}

export function etcdUrl({ etcd }: KubePorts): string {
  return `http://127.0.0.1:${etcd}`;
}

export function serverUrl({ server }: KubePorts): string {
  return `https://127.0.0.1:${server}`;
}
