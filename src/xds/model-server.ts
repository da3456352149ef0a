import { accountHeaderNames, keyHeaderNames, keyLines, passedNames } from '../ir/key-header.ts';
import type { Cluster } from '../ir/cluster.ts';
import type { LlmBackend } from '../ir/llm.ts';
import type { PathMatch } from '../ir/matcher.ts';
import type { ForwardAction } from '../ir/table.ts';
import type { Translation } from './translation.ts';
import { literalHeaderValue, type EnvoyConfig } from './typed-config.ts';

/** Fields of a route, or of one of its shares, for a model server. */
export interface ModelServerHeaders {
  readonly host: EnvoyConfig;
  readonly headers: EnvoyConfig;
}

/**
 * Headers for a model server: the client's credentials go, the gateway's key comes. Envoy cannot tell paths apart where it
 * writes headers: which header the key is in is decided by what all paths of the route begin with.
 */
export function modelServerHeaders(
  { llm }: Cluster,
  path: string,
  translation: Translation,
): ModelServerHeaders | undefined {
  if (llm === undefined) return undefined;
  const { credential, authority } = llm;
  const host = { host_rewrite_literal: authority };
  const names = [...keyHeaderNames];
  if (credential.kind === 'passthrough') {
    const passed = passedNames(path);
    const removed = names.filter((name) => !passed.has(name));
    return { host, headers: { request_headers_to_remove: removed } };
  }
  if (credential.kind !== 'secret') return { host, headers: { request_headers_to_remove: names } };
  const key = valueOf(credential.secret, translation);
  const lines = [...keyLines(llm, path, key), 'accept-encoding', 'identity'];
  return {
    host,
    headers: {
      request_headers_to_remove: [...names, ...accountHeaderNames, 'accept-encoding'],
      request_headers_to_add: lines.flatMap((name, index) =>
        index % 2 === 0 ? [{ header: { key: name, value: lines[index + 1] } }] : [],
      ),
    },
  };
}

/** What all paths of a route begin with at a model server; empty: nothing that is known. */
export function serverPath(
  { kind, value }: PathMatch,
  { prefixRewrite, regexRewrite }: Pick<ForwardAction, 'prefixRewrite' | 'regexRewrite'>,
  llm: LlmBackend | undefined,
): string {
  if (llm?.fullPath !== undefined) return llm.fullPath;
  if (regexRewrite !== undefined || (kind === 'regex' && prefixRewrite === undefined)) return '';
  const path = prefixRewrite ?? value;
  const { basePath } = llm ?? {};
  const isBased = basePath !== undefined && (path === '/v1' || path.startsWith('/v1/'));
  return isBased ? basePath.replace(/\/+$/, '') + path.slice('/v1'.length) : path;
}

function valueOf(id: string, { secrets, refer }: Translation): string {
  if (secrets) return literalHeaderValue((secrets[id] ?? '').trim());
  const name = `SEEKGATE_${id.replaceAll(/[^A-Za-z0-9]/g, '_').toUpperCase()}`;
  refer({ kind: 'environment', name, content: `the key ${id}, without Bearer` });
  return `%ENVIRONMENT(${name})%`;
}
