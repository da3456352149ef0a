import type { VerifiedIdentity } from '../jwt/authenticate.ts';
import type { Exchange } from './exchange.ts';

/** For a trace: which claims of a verified token become headers, and which it does not have. */
export function identityNotes(
  { virtualHost, trace }: Exchange,
  { provider, claims, headers }: VerifiedIdentity,
): readonly string[] {
  const mappings = virtualHost?.virtualHost.providers[provider]?.claimsToHeaders ?? [];
  return [
    `claims of provider ${provider}${trace?.value(claims) ?? ''}`,
    ...mappings.map(({ claim, header }) =>
      headers.some(({ name }) => name === header)
        ? `claim ${claim} becomes header ${header}`
        : `claim ${claim} makes no header ${header}: absent, empty or with a control character`,
    ),
  ];
}
