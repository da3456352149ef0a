import type { ConnectionOptions } from 'node:tls';

import { hasName } from '../base/peer-names.ts';
import type { UpstreamTls } from '../ir/cluster.ts';
import type { Secrets } from '../ir/table.ts';

type TlsSettings = Pick<
  ConnectionOptions,
  | 'rejectUnauthorized'
  | 'ca'
  | 'cert'
  | 'key'
  | 'checkServerIdentity'
  | 'minVersion'
  | 'maxVersion'
  | 'ciphers'
  | 'ecdhCurve'
>;

/** How TLS is spoken to a cluster, for requests and for keys alike: all but the name of the server. */
export function clusterTls(tls: UpstreamTls, secrets: Secrets): TlsSettings {
  const { names, certificateSecret, keySecret, ciphers, curves } = tls;
  return {
    rejectUnauthorized: tls.verify,
    ...(tls.ca !== undefined && { ca: tls.ca }),
    ...(certificateSecret !== undefined &&
      keySecret !== undefined && { cert: secrets[certificateSecret], key: secrets[keySecret] }),
    ...(names && { checkServerIdentity: (_host, certificate) => hasName(certificate, names) }),
    ...(tls.minVersion && { minVersion: tls.minVersion }),
    ...(tls.maxVersion && { maxVersion: tls.maxVersion }),
    ...(ciphers && { ciphers: ciphers.join(':') }),
    ...(curves && { ecdhCurve: curves.join(':') }),
  };
}
