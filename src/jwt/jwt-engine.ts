import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import type { KeySet } from '../ir/jwt.ts';
import type { Secrets } from '../ir/table.ts';
import { createKeySetRegistry, type KeySetRegistry } from './key-set-registry.ts';
import type { KeySetState } from './key-source.ts';
import type { FetchJwks } from './remote-key-set.ts';
import { createTokenCache, type TokenCache, type TokenCacheLimits } from './token-cache.ts';

/** What verification keeps beyond one request and one table: keys, and tokens that verified. */
export interface JwtEngine {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly keySets: KeySetRegistry;
  readonly cache: TokenCache;
  /** Takes over the key sets of a table; to be called before its stages are prepared. */
  readonly update: (keySets: Readonly<Record<string, KeySet>>, secrets: Secrets) => void;
  /** Of the remote key sets by id. */
  readonly keySetStates: () => Readonly<Record<string, KeySetState>>;
  /** Ends when every remote key set had its first attempt. */
  readonly settled: () => Promise<void>;
  readonly stats: () => JwtStats;
  /** Called by verification for each header that a claim's characters did not allow. */
  readonly countDroppedHeader: () => void;
  readonly close: () => void;
}

/** Counters since the start, and the size of the cache. */
export interface JwtStats {
  readonly cacheEntries: number;
  readonly cacheBytes: number;
  readonly cacheHits: number;
  readonly cacheMisses: number;
  readonly droppedHeaders: number;
}

export interface JwtEngineOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly fetchJwks: FetchJwks;
  /** How long keys serve on while they cannot be fetched. Default 24 h. */
  readonly staleLimitMs?: number;
  readonly cacheLimits?: TokenCacheLimits;
  /** 0 to 1, for the jitter of fetches. Default Math.random. */
  readonly random?: () => number;
}

const defaultStaleLimitMs = 24 * 60 * 60 * 1000;

/** Creates the engine; nothing is fetched before the first `update`. */
export function createJwtEngine(options: JwtEngineOptions): JwtEngine {
  const { clock, logger, fetchJwks } = options;
  const keySets = createKeySetRegistry({
    clock,
    logger,
    fetchJwks,
    staleLimitMs: options.staleLimitMs ?? defaultStaleLimitMs,
    random: options.random ?? Math.random,
  });
  const cache = createTokenCache(clock, options.cacheLimits);
  let droppedHeaders = 0;
  return {
    clock,
    logger,
    keySets,
    cache,
    update: keySets.update,
    keySetStates: keySets.states,
    settled: keySets.settled,
    stats: () => statsOf(cache, droppedHeaders),
    countDroppedHeader: () => {
      droppedHeaders += 1;
    },
    close: () => {
      keySets.close();
      cache.clear();
    },
  };
}

function statsOf(cache: TokenCache, droppedHeaders: number): JwtStats {
  const { entries, bytes, hits, misses } = cache.stats();
  return {
    cacheEntries: entries,
    cacheBytes: bytes,
    cacheHits: hits,
    cacheMisses: misses,
    droppedHeaders,
  };
}
