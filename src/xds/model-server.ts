import type { Cluster } from '../ir/cluster.ts';
import type { Translation } from './translation.ts';
import { literalHeaderValue, type EnvoyConfig } from './typed-config.ts';

/** Fields of a route, or of one of its shares, for a model server. */
export interface ModelServerHeaders {
  readonly host: EnvoyConfig;
  readonly headers: EnvoyConfig;
}

// Where clients of other providers put their key; none of them is for this server.
const clientKeys = ['api-key', 'x-api-key', 'x-goog-api-key'];

/** Headers for a model server: the client's credentials go, the gateway's key comes. */
export function modelServerHeaders(
  { llm }: Cluster,
  translation: Translation,
): ModelServerHeaders | undefined {
  if (llm === undefined) return undefined;
  const { credential, authority } = llm;
  const host = { host_rewrite_literal: authority };
  if (credential.kind === 'passthrough') {
    return { host, headers: { request_headers_to_remove: clientKeys } };
  }
  const removed = ['authorization', ...clientKeys];
  if (credential.kind !== 'secret')
    return { host, headers: { request_headers_to_remove: removed } };
  return {
    host,
    headers: {
      request_headers_to_remove: [...removed, 'accept-encoding'],
      request_headers_to_add: [
        { header: { key: 'authorization', value: bearer(credential.secret, translation) } },
        { header: { key: 'accept-encoding', value: 'identity' } },
      ],
    },
  };
}

function bearer(id: string, { secrets, refer }: Translation): string {
  if (secrets) return `Bearer ${literalHeaderValue((secrets[id] ?? '').trim())}`;
  const name = `SEEKGATE_${id.replaceAll(/[^A-Za-z0-9]/g, '_').toUpperCase()}`;
  refer({ kind: 'environment', name, content: `the key ${id}, without Bearer` });
  return `Bearer %ENVIRONMENT(${name})%`;
}
