import { createHmac } from 'node:crypto';

import type { LlmBackend } from '../ir/llm.ts';
import type { Secrets } from '../ir/table.ts';
import { engineOf } from '../ir/engine-of.ts';

/** Who a request is made for, by the claims `iss` and `sub` of its token. */
export interface VerifiedUser {
  readonly issuer: string;
  readonly subject: string;
}

/** How a model server is told users apart. */
export type UserIds =
  /** Not at all: what a client says of it goes on. */
  | { readonly kind: 'left' }
  /** Not at all, and what a client says of it is taken out. */
  | { readonly kind: 'none' }
  | { readonly kind: 'hashed'; readonly key: string };

/** Where no other is configured. It hides nothing from whoever can guess a subject, and has to stay as it is for ever. */
const publicKey = 'seekgate user_id 1';

/** Why there is no key for the hash, or how it is done. */
export function prepareUserIds(
  settings: LlmBackend,
  secrets: Secrets,
): UserIds | { readonly kind: 'missing' } {
  const { isolation } = settings;
  if (isolation === undefined) {
    return engineOf(settings) === 'DEEPSEEK'
      ? { kind: 'hashed', key: publicKey }
      : { kind: 'left' };
  }
  if (isolation.disabled) return { kind: 'none' };
  const { keySecret } = isolation;
  const key = keySecret === undefined ? publicKey : secrets[keySecret];
  return key === undefined || key === '' ? { kind: 'missing' } : { kind: 'hashed', key };
}

/**
 * What becomes of `user_id` (`metadata.user_id` in Anthropic's API): the same for a user on every day and in every replica,
 * another one for another issuer, and never what a client chose. 43 characters of `[A-Za-z0-9_-]`; empty: what the client
 * sent is taken out, undefined: it stays.
 */
export function userIdOf(ids: UserIds, user: VerifiedUser | undefined): string | undefined {
  if (ids.kind === 'left') return undefined;
  if (ids.kind === 'none' || user === undefined) return '';
  // As JSON, so that no two pairs have the same text.
  const text = JSON.stringify([user.issuer, user.subject]);
  return createHmac('sha256', ids.key).update(text).digest('base64url');
}
