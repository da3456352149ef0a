import type { TokenSource } from '../ir/jwt.ts';
import { removeLines, type HeaderLines } from './header-lines.ts';
import { withoutParameter } from './query.ts';

/** The places of a request that a token is taken out of. */
export interface TokenPlaces {
  readonly headers: HeaderLines;
  query: string | undefined;
}

/** Takes used tokens out: a header as a whole (also what stood beside the token), of the query only the parameter. */
export function removeTokens(places: TokenPlaces, sources: readonly TokenSource[]): void {
  for (const { kind, name } of sources) {
    if (kind === 'query') places.query = withoutParameter(places.query, name);
    else removeLines(places.headers, (line) => line === name.toLowerCase());
  }
}
