import type { LlmBackend } from '../ir/llm.ts';
import type { Secrets } from '../ir/table.ts';

/** A model server with its key at hand. */
export interface PreparedBackend {
  readonly settings: LlmBackend;
  /** The key that is put into requests; undefined: none is, or none is to be had. */
  readonly key: string | undefined;
  /** The bytes that must never be in an answer. */
  readonly keyBytes: Buffer | undefined;
  /** A key was asked for and is missing: no request is sent. */
  readonly missing: string | undefined;
}

/** Looks the key up once; a header line could not carry control characters, so a key with them counts as missing. */
export function prepareBackend(settings: LlmBackend, secrets: Secrets): PreparedBackend {
  const { credential } = settings;
  const none = { settings, key: undefined, keyBytes: undefined, missing: undefined };
  if (credential.kind === 'missing') return { ...none, missing: credential.detail };
  if (credential.kind !== 'secret') return none;
  const key = secrets[credential.secret]?.trim();
  if (key === undefined || key === '') return { ...none, missing: 'the secret is not there' };
  if (!/^[!-~]+$/.test(key))
    return { ...none, missing: 'the key has characters no header can have' };
  return { ...none, key, keyBytes: Buffer.from(key, 'latin1') };
}
