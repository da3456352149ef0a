import type { TokenSource } from '../ir/jwt.ts';
import { extractTokens, type TokenRequest } from './extract-token.ts';

/** For a trace: what stands in a place where a token is looked for. Never the token itself. */
export function placeText(request: TokenRequest, source: TokenSource): string {
  const found = extractTokens(request, [source]).length;
  const place = placeName(source);
  if (found > 0) return `${place}: ${found === 1 ? 'a token' : `${found} tokens`}`;
  if (source.kind === 'query') return `${place}: absent`;
  const lines = request.headerLines(source.name);
  if (lines.length === 0) return `${place}: absent`;
  return `${place}: there, but not with ${JSON.stringify(source.prefix)}${spellingHint(request, [source])}`;
}

/** `header authorization` or `query access_token`. */
export function placeName({ kind, name }: TokenSource): string {
  return `${kind} ${name}`;
}

/** Schemes have no case (RFC 9110 section 11.1), but Envoy's prefixes do; whoever wonders is told so. */
export function spellingHint(request: TokenRequest, sources: readonly TokenSource[]): string {
  for (const source of sources) {
    if (source.kind === 'query' || source.prefix === '') continue;
    const prefix = source.prefix.toLowerCase();
    if (request.headerLines(source.name).some((line) => line.toLowerCase().includes(prefix))) {
      return ` (${source.name} has "${source.prefix}", but in another case or not at its start)`;
    }
  }
  return '';
}
