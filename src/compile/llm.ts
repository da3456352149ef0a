import type { Resource } from '../api/resource.ts';
import type { AiSpec, AuthToken, CustomHost } from '../api/ai-upstream.ts';
import type { Endpoint } from '../ir/cluster.ts';
import type { LlmBackend, LlmCredential } from '../ir/llm.ts';
import { shown, type Findings } from './findings.ts';
import { isHeadText } from './head-text.ts';
import { checkAuthority } from './host-names.ts';
import { compileIsolation } from './isolation.ts';
import { findSecret, keepSecret, type SecretUse } from './secrets.ts';

const publicHosts = { deepseek: 'api.deepseek.com', openai: 'api.openai.com' } as const;
const httpsPort = 443;

/** Where a model is, and how it is spoken to. */
export interface LlmTarget {
  readonly endpoint: Endpoint;
  readonly tls: boolean;
  readonly llm: LlmBackend;
  /** Of what says where it is. */
  readonly path: string;
}

/** Compiles `spec.ai`; undefined for a provider that is not served yet. */
export function compileLlm(
  upstream: Resource<'Upstream'>,
  ai: AiSpec,
  use: SecretUse,
): LlmTarget | undefined {
  const provider = ai.deepseek ? 'deepseek' : ai.openai ? 'openai' : undefined;
  const spec = ai.deepseek ?? ai.openai;
  if (!provider || !spec) return undefined;
  const custom: CustomHost = spec.customHost ?? { host: publicHosts[provider], port: httpsPort };
  const at = { ...use, path: `spec.ai.${provider}.authToken` };
  const path = `spec.ai.${provider}.customHost`;
  checkCustomHost(custom, path, use.findings);
  const { host, port, pathOverride: override } = custom;
  if (host === undefined || port === undefined) return undefined;
  const tls = port === httpsPort || upstream.spec.sslConfig !== undefined;
  return {
    endpoint: { host, port, weight: 1 },
    tls,
    path,
    llm: {
      provider,
      credential: compileCredential(spec.authToken, spec.customHost !== undefined, upstream, at),
      ...(spec.model === undefined ? {} : { model: spec.model }),
      authority: authorityOf({ ...custom, host, port }, tls),
      ...(override?.fullPath === undefined ? {} : { fullPath: override.fullPath }),
      ...(override?.basePath === undefined ? {} : { basePath: override.basePath }),
      ...compileIsolation(spec.isolation, { ...use, path: `spec.ai.${provider}.isolation` }),
    },
  };
}

function checkCustomHost(
  { hostname, pathOverride }: CustomHost,
  path: string,
  findings: Findings,
): void {
  if (hostname !== undefined) checkAuthority(hostname, `${path}.hostname`, findings);
  for (const [name, text] of Object.entries(pathOverride ?? {})) {
    if (isHeadText(text)) continue;
    findings.error({
      reason: 'InvalidUpstream',
      path: `${path}.pathOverride.${name}`,
      what: 'no request can have such a path',
      found: shown(text),
      accepted: 'a path of visible ASCII characters',
    });
  }
}

function authorityOf(
  { hostname, host, port }: CustomHost & { readonly host: string; readonly port: number },
  tls: boolean,
): string {
  if (hostname !== undefined) return hostname;
  const bare = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  return port === (tls ? httpsPort : 80) ? bare : `${bare}:${port}`;
}

function compileCredential(
  token: AuthToken | undefined,
  selfHosted: boolean,
  { metadata }: Resource<'Upstream'>,
  use: SecretUse,
): LlmCredential {
  if (!token) return selfHosted ? { kind: 'none' } : missingToken(use);
  if (token.passthrough) return { kind: 'passthrough' };
  if (token.inline !== undefined) {
    const name = `${metadata.namespace}/${metadata.name}/inline`;
    return keyFrom(token.inline, name, { ...use, path: `${use.path}.inline` });
  }
  if (!token.secretRef) return missingToken(use);
  const at = { ...use, path: `${use.path}.secretRef` };
  const secret = findSecret(token.secretRef, at);
  if (!secret) return { kind: 'missing', detail: `${at.path}: the secret is not to be had` };
  const value = secret.read('Authorization');
  if (value !== undefined) return keyFrom(value, `${secret.id}/Authorization`, at);
  use.findings.warn({
    reason: 'SecretNotFound',
    path: at.path,
    what: 'the Secret has no key to send',
    found: `no entry Authorization in ${secret.id}`,
    accepted: 'an entry Authorization with the API key',
  });
  return { kind: 'missing', detail: `${at.path}: no entry Authorization` };
}

function missingToken({ findings, path }: SecretUse): LlmCredential {
  findings.warn({
    reason: 'MissingField',
    path,
    what: 'the public API refuses requests without a key, they get 503 here',
    found: 'no authToken',
    accepted: 'inline, secretRef or passthrough',
  });
  return { kind: 'missing', detail: `${path}: not set` };
}

/** The bare key; a text that cannot stand in a header would break every request, so it is refused here. */
function keyFrom(
  text: string,
  name: string,
  { context, findings, path }: SecretUse,
): LlmCredential {
  const key = text.trim().replace(/^Bearer(?: +|$)/i, '');
  if (key !== '' && isHeadText(key))
    return { kind: 'secret', secret: keepSecret(context, name, key) };
  findings.error({
    reason: 'InvalidValue',
    path,
    what: 'the key cannot be sent in a header',
    found: `${key.length} characters, some of them blank or not ASCII`,
    accepted: 'visible ASCII characters, with or without Bearer in front',
  });
  return { kind: 'missing', detail: `${path}: not a key` };
}
