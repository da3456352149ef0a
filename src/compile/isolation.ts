import type { LlmSpec } from '../api/ai-upstream.ts';
import type { LlmBackend } from '../ir/llm.ts';
import { findSecret, keepSecret, type SecretUse } from './secrets.ts';

/**
 * Compiles `isolation` of a model server. Without the key that it names no user could be told as before, so that no request
 * may go there: that is said in place of the credential.
 */
export function compileIsolation(
  isolation: LlmSpec['isolation'],
  use: SecretUse,
): Partial<Pick<LlmBackend, 'isolation' | 'credential'>> {
  if (isolation === undefined) return {};
  const { disabled = false, secretRef } = isolation;
  if (disabled || secretRef === undefined) return { isolation: { disabled } };
  const at = { ...use, path: `${use.path}.secretRef` };
  const secret = findSecret(secretRef, at);
  if (!secret) return missing(`${at.path}: the secret is not to be had`);
  const key = secret.read('key') ?? '';
  if (key !== '') {
    const keySecret = keepSecret(use.context, `${secret.id}/key`, key);
    return { isolation: { disabled, keySecret } };
  }
  use.findings.warn({
    reason: 'SecretNotFound',
    path: at.path,
    what: 'the Secret has no key for user ids, requests get 503',
    found: `no entry key in ${secret.id}`,
    accepted: 'an entry key with a random text',
  });
  return missing(`${at.path}: no entry key`);
}

function missing(detail: string): Pick<LlmBackend, 'credential'> {
  return { credential: { kind: 'missing', detail } };
}
