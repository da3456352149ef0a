import { readFile } from 'node:fs/promises';
import type { SecureContextOptions } from 'node:tls';
import { AppError } from '../base/errors.ts';
import { contentHash } from '../base/stable-json.ts';
import type { KubeCluster, KubeUser } from './kube-config-content.ts';
import type { LoadedKubeConfig } from './kube-config.ts';
import type { PluginCredentials } from './kube-plugin.ts';

/** What a request to the API server is sent with. */
export interface KubeAccess {
  /** `authorization` and the like, in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: KubeTls;
  /** Differs when `tls` does: then an open connection is somebody else's. */
  readonly fingerprint: string;
}

/** What a TLS connection to the API server is made with. */
interface KubeTls extends Pick<SecureContextOptions, 'ca' | 'cert' | 'key'> {
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

/** Gives the credentials of a kubeconfig: files are read, plug-ins run. */
export async function kubeAccessOf({
  cluster,
  user,
  plugin,
}: LoadedKubeConfig): Promise<KubeAccess> {
  try {
    const given = await plugin?.();
    const tls = await tlsOf(cluster, user, given);
    const headers = await headersOf(user, given);
    return { headers, tls, fingerprint: contentHash(JSON.stringify(tls)) };
  } catch (thrown) {
    throw unreadable(user, thrown);
  }
}

/** What a plug-in writes when it fails is not ours to show: only the code of a missing file or program is, and the file. */
function unreadable({ name, exec }: KubeUser, thrown: unknown): AppError {
  const { code, path } = thrown as { readonly code?: unknown; readonly path?: unknown };
  const where = exec === undefined && typeof path === 'string' ? `${path}: ` : '';
  const why = typeof code === 'string' ? ` (${code})` : '';
  const text = `${where}user ${name}: its credentials cannot be read${why}`;
  return new AppError('ERR_KUBE_CONFIG', text);
}

async function tlsOf(
  { caData, caFile, skipTlsVerify, tlsServerName }: KubeCluster,
  user: KubeUser,
  given: PluginCredentials | undefined,
): Promise<KubeTls> {
  const ca = await bytesOf(caData, caFile);
  const cert = given?.cert ?? (await bytesOf(user.certData, user.certFile));
  const key = given?.key ?? (await bytesOf(user.keyData, user.keyFile));
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(tlsServerName === undefined ? {} : { servername: tlsServerName }),
    ...(skipTlsVerify ? { rejectUnauthorized: false } : {}),
  };
}

async function bytesOf(
  data: string | undefined,
  file: string | undefined,
): Promise<Buffer | undefined> {
  if (data !== undefined) return Buffer.from(data, 'base64');
  return file === undefined ? undefined : readFile(file);
}

async function headersOf(
  user: KubeUser,
  given: PluginCredentials | undefined,
): Promise<Readonly<Record<string, string>>> {
  const { token, tokenFile, username, password = '', impersonateUser } = user;
  const headers = new Map<string, string>();
  if (username !== undefined) {
    const basic = Buffer.from(`${username}:${password}`).toString('base64');
    headers.set('authorization', `Basic ${basic}`);
  }
  for (const [name, value] of Object.entries(given?.headers ?? {})) {
    headers.set(name.toLowerCase(), value.trim().replace(/^Bearer\s+/, 'Bearer '));
  }
  const held = tokenFile === undefined ? token : await readFile(tokenFile, 'utf8');
  // A token out of a file often ends in a newline, and one in YAML may begin with one.
  if (held !== undefined) headers.set('authorization', `Bearer ${held.trim()}`);
  if (impersonateUser !== undefined) headers.set('impersonate-user', impersonateUser);
  return Object.fromEntries(headers);
}
