import type { RequestOptions } from 'node:https';
import type { SecureContextOptions } from 'node:tls';
import { AppError } from '../base/errors.ts';
import { contentHash } from '../base/stable-json.ts';
import type { LoadedKubeConfig } from './kube-config.ts';

/** What a request to the API server is sent with. */
export interface KubeAccess {
  /** `authorization` and the like, in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: KubeTls;
  /** Differs when `tls` does: then an open connection is somebody else's. */
  readonly fingerprint: string;
}

/** What a TLS connection to the API server is made with. */
interface KubeTls extends Pick<SecureContextOptions, 'ca' | 'cert' | 'key' | 'pfx'> {
  readonly passphrase?: string;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

const tlsMembers = [
  'ca',
  'cert',
  'key',
  'pfx',
  'passphrase',
  'servername',
  'rejectUnauthorized',
] as const;

/** Asks a kubeconfig for its credentials: files are read, plug-ins run. */
export async function kubeAccessOf(loaded: LoadedKubeConfig): Promise<KubeAccess> {
  const options: RequestOptions = {};
  try {
    await loaded.config.applyToHTTPSOptions(options);
  } catch (thrown) {
    // What a plug-in writes when it fails is not ours to show: only the code of a missing file or program is.
    const { code } = thrown as { readonly code?: unknown };
    const why = typeof code === 'string' ? ` (${code})` : '';
    const user = loaded.config.getCurrentUser()?.name ?? '';
    throw new AppError('ERR_KUBE_CONFIG', `user ${user}: its credentials cannot be read${why}`);
  }
  const all = options as Readonly<Record<string, unknown>>;
  const tls = Object.fromEntries(
    tlsMembers.flatMap((member) => (all[member] === undefined ? [] : [[member, all[member]]])),
  ) as KubeTls;
  return { headers: headersOf(options), tls, fingerprint: contentHash(JSON.stringify(tls)) };
}

function headersOf({ headers = {}, auth }: RequestOptions): Readonly<Record<string, string>> {
  // A token out of a file often ends in a newline, and one in YAML may begin with one.
  const given = Object.entries(headers).map(([name, value]): [string, string] => [
    name.toLowerCase(),
    String(value)
      .trim()
      .replace(/^Bearer\s+/, 'Bearer '),
  ]);
  const basic: readonly [string, string][] = auth
    ? [['authorization', `Basic ${Buffer.from(auth).toString('base64')}`]]
    : [];
  return Object.fromEntries([...basic, ...given]);
}
