import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import { contentHash, stableJson } from '../base/stable-json.ts';
import type { RemoteKeySet } from '../ir/jwt.ts';
import { importKeySet } from './import-keys.ts';
import { createKeySnapshot, type KeySnapshot } from './key-snapshot.ts';
import type { KeySetState, KeySource } from './key-source.ts';

/** Fetches a JWKS document: the port to the network. It has to end, badly, when the signal says so. */
export type FetchJwks = (keySet: RemoteKeySet, signal: AbortSignal) => Promise<JwksResponse>;

export interface JwksResponse {
  readonly status: number;
  readonly body: string;
}

export interface RemoteKeyParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly fetchJwks: FetchJwks;
  /** How long keys serve on while they cannot be fetched anew. */
  readonly staleLimitMs: number;
  /** 0 to 1, for the jitter. */
  readonly random: () => number;
}

/** Keys that are fetched in the background, from now until `close`. */
export interface RemoteKeySource extends KeySource {
  readonly state: () => KeySetState;
  readonly close: () => void;
}

const fetchTimeoutMs = 5000;
/** Between fetches that unknown key ids ask for: they are free for anybody to send. */
const refetchGapMs = 30_000;
const firstRetryMs = 500;
const lastRetryMs = 30_000;

/**
 * Keeps the keys of a remote set: one fetch at a time, at once and then every `cacheDurationMs` (less up to a tenth, so
 * that replicas do not ask together), sooner with growing pauses after a failure. Requests only ever wait for the first
 * attempt, or for one that their own unknown key id asked for.
 */
export function createRemoteKeySource(
  keySet: RemoteKeySet,
  parts: RemoteKeyParts,
): RemoteKeySource {
  const keeper = new KeyKeeper(keySet, parts);
  keeper.start();
  return {
    current: () => keeper.current(),
    arriving: () => keeper.arriving(),
    refetch: () => keeper.refetch(),
    state: () => keeper.state(),
    close: () => keeper.close(),
  };
}

class KeyKeeper {
  readonly #keySet: RemoteKeySet;
  readonly #parts: RemoteKeyParts;
  #snapshot: KeySnapshot | undefined;
  #fetchedAt: { readonly monotonic: number; readonly now: number } | undefined;
  #lastError: string | undefined;
  #body: string | undefined;
  /** Of the keys, which may be written in other ways. */
  #contentHash: string | undefined;
  #loadedAtMs: number | undefined;
  #running: Promise<void> | undefined;
  #startedAt = Number.NEGATIVE_INFINITY;
  #tried = false;
  #failures = 0;
  #closed = false;
  #cancelTimer: (() => void) | undefined;
  #abort: AbortController | undefined;

  constructor(keySet: RemoteKeySet, parts: RemoteKeyParts) {
    this.#keySet = keySet;
    this.#parts = parts;
  }

  start(): void {
    void this.#attempt();
  }

  current(): KeySnapshot | undefined {
    return this.#isTooOld() ? undefined : this.#snapshot;
  }

  arriving(): Promise<void> | undefined {
    return this.#tried ? undefined : this.#running;
  }

  refetch(): Promise<void> | undefined {
    if (this.#running) return this.#running;
    const sinceLast = this.#parts.clock.monotonic() - this.#startedAt;
    return this.#closed || sinceLast < refetchGapMs ? undefined : this.#attempt();
  }

  state(): KeySetState {
    const lastError = this.#lastError === undefined ? {} : { lastError: this.#lastError };
    if (!this.#fetchedAt || !this.#snapshot) {
      return { state: this.#tried ? 'failed' : 'pending', keys: 0, ...lastError };
    }
    const usable = this.current() !== undefined;
    return {
      state: usable ? (this.#failures > 0 ? 'stale' : 'ready') : 'failed',
      keys: usable ? this.#snapshot.keys.length : 0,
      ...(this.#loadedAtMs === undefined ? {} : { loadedAtMs: this.#loadedAtMs }),
      fetchedAtMs: this.#fetchedAt.now,
      ageSeconds: Math.floor(this.#ageMs() / 1000),
      ...lastError,
    };
  }

  close(): void {
    this.#closed = true;
    this.#cancelTimer?.();
    this.#abort?.abort(new Error('the key set is no longer used'));
  }

  /** Single flight: whoever comes while one is running gets that one. Never rejects. */
  #attempt(): Promise<void> {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      this.#tried = true;
      this.#schedule();
    });
    return this.#running;
  }

  async #run(): Promise<void> {
    this.#cancelTimer?.();
    this.#startedAt = this.#parts.clock.monotonic();
    try {
      await this.#take(await this.#fetch());
      this.#failures = 0;
      this.#lastError = undefined;
    } catch (error) {
      this.#fail(messageOf(error));
    }
  }

  async #fetch(): Promise<string> {
    const abort = new AbortController();
    this.#abort = abort;
    const cancel = this.#parts.clock.after(fetchTimeoutMs, () =>
      abort.abort(new Error(`no answer within ${fetchTimeoutMs / 1000} s`)),
    );
    try {
      const response = await Promise.race([
        this.#parts.fetchJwks(this.#keySet, abort.signal),
        rejectionOf(abort.signal),
      ]);
      if (response.status !== 200) throw new Error(`found status ${response.status}, wanted 200`);
      return response.body;
    } finally {
      cancel();
      this.#abort = undefined;
    }
  }

  /** A set without a usable key never replaces one with keys. An unchanged one keeps what is cached for its keys. */
  async #take(body: string): Promise<void> {
    if (body !== this.#body || !this.#snapshot) await this.#import(body);
    const { clock } = this.#parts;
    this.#fetchedAt = { monotonic: clock.monotonic(), now: clock.now() };
  }

  async #import(body: string): Promise<void> {
    const { allowWeakKeys = false } = this.#keySet;
    const { keys, findings } = await importKeySet(body, { allowWeakKeys });
    const snapshot = createKeySnapshot(keys);
    if (snapshot.keys.length === 0) {
      throw new Error(findings[0]?.message ?? 'the key set has no usable key');
    }
    const { clock, logger } = this.#parts;
    for (const { reason, message } of findings) {
      logger.warn({ keySet: this.#keySet.id, reason, detail: message }, 'jwks key');
    }
    this.#body = body;
    const content = contentHash(stableJson(keys));
    if (content === this.#contentHash) return;
    this.#contentHash = content;
    this.#snapshot = snapshot;
    this.#loadedAtMs = clock.now();
  }

  #fail(error: string): void {
    this.#failures += 1;
    this.#lastError = error;
    if (this.#closed) return;
    const { id, url } = this.#keySet;
    this.#parts.logger.warn(
      { keySet: id, url: withoutQuery(url), error, failures: this.#failures },
      'jwks fetch failed',
    );
  }

  #schedule(): void {
    if (this.#closed) return;
    const { clock, random } = this.#parts;
    const { cacheDurationMs } = this.#keySet;
    const pause =
      this.#failures === 0
        ? cacheDurationMs * (1 - random() / 10)
        : Math.min(firstRetryMs * 2 ** (this.#failures - 1), lastRetryMs) * (0.5 + random() / 2);
    this.#cancelTimer = clock.after(pause, () => void this.#attempt());
  }

  #ageMs(): number {
    return this.#parts.clock.monotonic() - (this.#fetchedAt?.monotonic ?? 0);
  }

  #isTooOld(): boolean {
    return this.#failures > 0 && this.#ageMs() > this.#parts.staleLimitMs;
  }
}

function rejectionOf(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}

/** A query may hold a key of the issuer's. */
function withoutQuery(url: string): string {
  return url.split('?', 1)[0] ?? '';
}
