import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { JWK } from 'jose';

import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import { parseKeys } from './token-key-file.ts';
import { publicJwk } from './token-key.ts';

/** The public keys of a folder, with those kept whose files have gone. */
export interface KeyFolder {
  /** Reads the folder again: level-based, whatever happened to it. */
  readonly read: () => Promise<void>;
  /** The keys to publish now, in the order of their kid. */
  readonly keys: () => readonly JWK[];
}

/** What a key folder needs. */
export interface KeyFolderOptions {
  readonly directory: string;
  /** How long a key is still published after its last file has gone. */
  readonly keepMs: number;
  readonly clock: Clock;
  readonly log: Logger;
}

interface Published {
  readonly jwk: JWK;
  /** Absent: a file with the key is there. */
  readonly retiresAt?: number;
}

const keyFile = /\.(pem|crt|cer|jwk|jwks|json)$/i;

/**
 * Holds the keys of a folder. A new file is published by the next `read`. A key whose file has gone stays for `keepMs`, so that
 * tokens signed before the rotation still verify; a file that cannot be read (half written, say) changes nothing.
 */
export function createKeyFolder(options: KeyFolderOptions): KeyFolder {
  const { clock, keepMs, log } = options;
  const files = new Map<string, readonly JWK[]>();
  const published = new Map<string, Published>();

  const publish = (): void => {
    const present = new Map([...files.values()].flat().map((jwk) => [jwk.kid ?? '', jwk]));
    for (const [kid, jwk] of present) {
      if (published.get(kid)?.retiresAt !== undefined || !published.has(kid)) {
        log.info({ kid, alg: jwk.alg }, 'key published');
      }
      published.set(kid, { jwk });
    }
    for (const [kid, { jwk, retiresAt }] of published) {
      if (present.has(kid) || retiresAt !== undefined) continue;
      published.set(kid, { jwk, retiresAt: clock.now() + keepMs });
      log.info({ kid, keepMs }, 'key file is gone, key is kept for a while');
    }
  };

  return {
    read: async () => {
      const names = (await readdir(options.directory)).filter((name) => isKeyFile(name));
      for (const name of files.keys()) if (!names.includes(name)) files.delete(name);
      for (const name of names) {
        const keys = await readPublicKeys(join(options.directory, name), log);
        if (keys !== undefined) files.set(name, keys);
      }
      publish();
    },
    keys: () => {
      for (const [kid, { retiresAt }] of published) {
        if (retiresAt === undefined || retiresAt > clock.now()) continue;
        published.delete(kid);
        log.info({ kid }, 'key retired');
      }
      return [...published.values()]
        .map(({ jwk }) => jwk)
        .sort((a, b) => ((a.kid ?? '') < (b.kid ?? '') ? -1 : 1));
    },
  };
}

function isKeyFile(name: string): boolean {
  return !name.startsWith('.') && keyFile.test(name);
}

/** Undefined: the file cannot be used; what was known of it stands. A private key is never served from here, not even its public half. */
async function readPublicKeys(path: string, log: Logger): Promise<readonly JWK[] | undefined> {
  try {
    const keys = parseKeys(await readFile(path, 'utf8'));
    if (keys.some(({ key }) => key.type === 'private')) {
      log.warn({ path }, 'file holds a private key, it is not published: keep it elsewhere');
      return [];
    }
    return await Promise.all(keys.map((key) => publicJwk(key)));
  } catch (thrown) {
    log.warn({ path, error: messageOf(thrown) }, 'file is not a usable key, it is ignored');
    return undefined;
  }
}
