import { stableJson } from '../base/stable-json.ts';
import type { KeySet, LocalKeySet } from '../ir/jwt.ts';
import type { Secrets } from '../ir/table.ts';
import type { ImportedKey } from '../ir/key-import.ts';
import { createKeySnapshot, type KeySnapshot } from './key-snapshot.ts';
import type { KeySetState, KeySource } from './key-source.ts';
import {
  createRemoteKeySource,
  type RemoteKeyParts,
  type RemoteKeySource,
} from './remote-key-set.ts';

/** The key sets of the table in force, by id. */
export interface KeySetRegistry {
  /** Takes over the sets of a table: those with a known id keep their keys and timers, those no longer named are stopped. */
  readonly update: (keySets: Readonly<Record<string, KeySet>>, secrets: Secrets) => void;
  /** A stopped set still answers with its last keys, for requests that began under an earlier table. */
  readonly source: (id: string) => KeySource | undefined;
  /** Of the remote sets. */
  readonly states: () => Readonly<Record<string, KeySetState>>;
  /** Ends when every remote set had its first attempt; bounded by the timeout of a fetch. */
  readonly settled: () => Promise<void>;
  readonly close: () => void;
}

/** Creates a registry without sets. */
export function createKeySetRegistry(parts: RemoteKeyParts): KeySetRegistry {
  const registry = new SourceRegistry(parts);
  return {
    update: (keySets, secrets) => registry.update(keySets, secrets),
    source: (id) => registry.source(id),
    states: () => registry.states(),
    settled: () => registry.settled(),
    close: () => registry.update({}, {}),
  };
}

interface LocalKeySource extends KeySource {
  /** Takes the keys of a later table: the same id can come with other keys, when weak ones are allowed no longer. */
  readonly replace: (keySet: LocalKeySet, secrets: Secrets) => void;
}

class SourceRegistry {
  readonly #parts: RemoteKeyParts;
  #local = new Map<string, LocalKeySource>();
  #remote = new Map<string, RemoteKeySource>();

  constructor(parts: RemoteKeyParts) {
    this.#parts = parts;
  }

  update(keySets: Readonly<Record<string, KeySet>>, secrets: Secrets): void {
    const local = new Map<string, LocalKeySource>();
    const remote = new Map<string, RemoteKeySource>();
    for (const keySet of Object.values(keySets)) {
      const { id } = keySet;
      if (keySet.kind === 'local') {
        const source = this.#local.get(id) ?? createLocalKeySource();
        source.replace(keySet, secrets);
        local.set(id, source);
      } else {
        remote.set(id, this.#remote.get(id) ?? createRemoteKeySource(keySet, this.#parts));
      }
    }
    for (const [id, source] of this.#remote) if (!remote.has(id)) source.close();
    this.#local = local;
    this.#remote = remote;
  }

  source(id: string): KeySource | undefined {
    return this.#local.get(id) ?? this.#remote.get(id);
  }

  states(): Readonly<Record<string, KeySetState>> {
    return Object.fromEntries([...this.#remote].map(([id, source]) => [id, source.state()]));
  }

  async settled(): Promise<void> {
    await Promise.all([...this.#remote.values()].map(async (source) => source.arriving()));
  }
}

/** Keys are made ready when a token first asks for them: of thousands of sets few are asked for at once. */
function createLocalKeySource(): LocalKeySource {
  let latest: LocalKeySet | undefined;
  let keys: readonly ImportedKey[] = [];
  let snapshot: KeySnapshot | undefined;
  return {
    current: () => (snapshot ??= createKeySnapshot(keys)),
    arriving: () => undefined,
    refetch: () => undefined,
    replace: (keySet, secrets) => {
      const former = latest;
      latest = keySet;
      // Most sets go from table to table as they are; ids of secrets change with their values.
      if (former && (former === keySet || isEqual(former, keySet))) return;
      keys = keySet.keys.map((key) => {
        const sharedSecret = key.secret === undefined ? undefined : secrets[key.secret];
        return sharedSecret === undefined ? { key } : { key, sharedSecret };
      });
      snapshot = undefined;
    },
  };
}

function isEqual(a: LocalKeySet, b: LocalKeySet): boolean {
  return stableJson(a.keys) === stableJson(b.keys);
}
