import type { LlmBackend } from '../ir/llm.ts';
import type { Secrets } from '../ir/table.ts';
import { prepareKeyGuard, type KeyGuard } from './key-guard.ts';
import { prepareUserIds, type UserIds } from './user-id.ts';

/** A model server with its key at hand. */
export interface PreparedBackend {
  readonly settings: LlmBackend;
  /** The key that is put into requests; undefined: none is, or none is to be had. */
  readonly key: string | undefined;
  /** Of the key: what must be in no answer. */
  readonly guard: KeyGuard | undefined;
  /** A key was asked for and is missing: no request is sent. */
  readonly missing: string | undefined;
  readonly userIds: UserIds;
}

/** Looks the keys up once; a header line could not carry control characters, so a key with them counts as missing. */
export function prepareBackend(settings: LlmBackend, secrets: Secrets): PreparedBackend {
  const { credential } = settings;
  const userIds = prepareUserIds(settings, secrets);
  const none = { settings, key: undefined, guard: undefined, missing: undefined };
  if (userIds.kind === 'missing') {
    return { ...none, userIds: { kind: 'none' }, missing: 'the key of isolation is not there' };
  }
  const keyless = { ...none, userIds };
  if (credential.kind === 'missing') return { ...keyless, missing: credential.detail };
  if (credential.kind !== 'secret') return keyless;
  const key = secrets[credential.secret]?.trim();
  if (key === undefined || key === '') return { ...keyless, missing: 'the secret is not there' };
  if (!/^[!-~]+$/.test(key))
    return { ...keyless, missing: 'the key has characters no header can have' };
  return { ...keyless, key, guard: prepareKeyGuard(key) };
}
