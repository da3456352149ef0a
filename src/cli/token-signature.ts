import { compactVerify } from 'jose';

import { messageOf } from '../base/errors.ts';
import type { TokenText } from './token-text.ts';
import { algorithmsOf, publicHalf, publicJwk, type TokenKey } from './token-key.ts';

/** Result of checking a signature against the keys that were given. */
export interface SignatureCheck {
  readonly valid: boolean;
  /** In words: by which key, or why not. */
  readonly text: string;
}

/** Checks the signature only; times, issuer and audience are told by the findings. */
export async function checkSignature(
  token: TokenText,
  keys: readonly TokenKey[],
): Promise<SignatureCheck> {
  const { alg, kid } = token.header;
  const candidates = keys.filter((candidate) => fits(candidate, alg, kid));
  if (candidates.length === 0) {
    const wanted =
      typeof kid === 'string' ? `kid ${kid} and alg ${String(alg)}` : `alg ${String(alg)}`;
    return { valid: false, text: `not one of the ${keys.length} key(s) given has ${wanted}` };
  }
  let failure = '';
  for (const candidate of candidates) {
    const outcome = await tryKey(token, candidate);
    if (outcome.valid) return outcome;
    failure = outcome.text;
  }
  return { valid: false, text: failure };
}

function fits(candidate: TokenKey, alg: unknown, kid: unknown): boolean {
  if (typeof alg !== 'string' || !algorithmsOf(candidate.key).includes(alg)) return false;
  if (candidate.alg !== undefined && candidate.alg !== alg) return false;
  return candidate.kid === undefined || typeof kid !== 'string' || candidate.kid === kid;
}

async function tryKey(token: TokenText, candidate: TokenKey): Promise<SignatureCheck> {
  const { kid } = await publicJwk(candidate);
  try {
    await compactVerify(token.compact, publicHalf(candidate.key), {
      algorithms: [...algorithmsOf(candidate.key)],
    });
    return { valid: true, text: `valid, by the key ${kid}` };
  } catch (thrown) {
    return { valid: false, text: `not valid by the key ${kid}: ${messageOf(thrown)}` };
  }
}
