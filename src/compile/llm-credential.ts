import type { AuthToken } from '../api/ai-upstream.ts';
import type { Resource } from '../api/resource.ts';
import type { LlmCredential } from '../ir/llm.ts';
import { isHeadText } from './head-text.ts';
import { findSecret, keepSecret, type SecretUse } from './secrets.ts';

/** Where the key of a model server comes from; `use.path` is that of the token. */
export function compileCredential(
  token: AuthToken | undefined,
  selfHosted: boolean,
  { metadata }: Resource<'Upstream'>,
  use: SecretUse,
): LlmCredential {
  if (!token) return selfHosted ? { kind: 'none' } : missingToken(use);
  if (token.passthrough) return { kind: 'passthrough' };
  if (token.inline !== undefined) {
    const name = `${metadata.namespace}/${metadata.name}/${inlineName(use.path)}`;
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

/** Each member of a pool may have a key of its own. */
function inlineName(path: string): string {
  const places = path.match(/\d+/g) ?? [];
  return ['inline', ...places].join('/');
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
