import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { keysFolder, type GoldenRequests } from './golden-story.ts';

/** The JWKS document that a story publishes under a URL; undefined: there is no such server. */
export function publishedKeys(jwks: GoldenRequests['jwks'], url: string): string | undefined {
  const keys = jwks?.[url]?.map((name): unknown =>
    JSON.parse(readFileSync(join(keysFolder, `${name}.jwk.json`), 'utf8')),
  );
  return keys && JSON.stringify({ keys });
}
