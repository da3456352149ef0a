import type { Entry } from '../api/resource.ts';
import type { CompiledSettings } from './compiled-settings.ts';
import type { CompileContext, Ledger, Ledgers, Lookup, SharedState } from './context.ts';
import type { CompileState } from './compile-state.ts';

/** What the compile of one resource read, wrote and came to. */
export interface Recording {
  readonly settings: CompiledSettings;
  /** Whether what was read is still the answer. */
  readonly reads: readonly ((state: SharedState) => boolean)[];
  readonly writes: readonly ((state: Ledgers) => void)[];
  readonly result: unknown;
}

/**
 * Does the work of one resource; or only repeats what it left, when the resource is the same object as in the former compile
 * and so is everything that was read then. The work has to be a function of those: it is given nothing else that changes.
 */
export function remembered<T>(
  state: CompileState,
  entry: Entry,
  work: (context: CompileContext) => T,
): T {
  const { former, next } = state.memory;
  const known = former.recordings.get(entry);
  if (known && isValid(known, state)) {
    next.recordings.set(entry, known);
    for (const write of known.writes) write(state);
    return known.result as T;
  }
  const recorder = new Recorder(state);
  const result = work(recorder.context());
  const { reads, writes } = recorder;
  next.recordings.set(entry, { settings: state.settings, reads, writes, result });
  return result;
}

function isValid({ settings, reads }: Recording, state: CompileState): boolean {
  return settings === state.settings && reads.every((isSame) => isSame(state));
}

class Recorder {
  readonly reads: ((state: SharedState) => boolean)[] = [];
  readonly writes: ((state: Ledgers) => void)[] = [];
  readonly #state: CompileState;

  constructor(state: CompileState) {
    this.#state = state;
  }

  context(): CompileContext {
    const { tools, options, settings } = this.#state;
    return {
      tools,
      options,
      settings,
      secretBodies: this.#read((shared) => shared.secretBodies),
      withheld: this.#read((shared) => shared.withheld),
      keyImports: this.#read((shared) => shared.keyImports),
      backends: this.#read((shared) => shared.backends),
      backendFaults: this.#read((shared) => shared.backendFaults),
      serviceTargets: this.#read((shared) => shared.serviceTargets),
      podLabels: this.#read((shared) => shared.podLabels),
      serviceFaults: this.#read((shared) => shared.serviceFaults),
      listenersFor: this.#read((shared) => shared.listenersFor),
      buffersFor: this.#read((shared) => shared.buffersFor),
      domainOwners: this.#read((shared) => shared.domainOwners),
      lastGood: this.#read((shared) => shared.lastGood),
      lastCertificates: this.#read((shared) => shared.lastCertificates),
      fullNamespaces: this.#read((shared) => shared.fullNamespaces),
      wantedBefore: this.#read((shared) => shared.wantedBefore),
      references: new Map(),
      partNames: this.#read((shared) => shared.partNames),
      parts: this.#read((shared) => shared.parts),
      partFaults: this.#read((shared) => shared.partFaults),
      partDrafts: this.#read((shared) => shared.partDrafts),
      tableSelections: this.#read((shared) => shared.tableSelections),
      keySets: this.#written((ledgers) => ledgers.keySets),
      secrets: this.#written((ledgers) => ledgers.secrets),
      namedServices: this.#written((ledgers) => ledgers.namedServices),
      wanted: this.#written((ledgers) => ledgers.wanted),
      verdicts: this.#written((ledgers) => ledgers.verdicts),
      accepted: this.#written((ledgers) => ledgers.accepted),
      certificates: this.#written((ledgers) => ledgers.certificates),
      partUses: this.#written((ledgers) => ledgers.partUses),
    };
  }

  #read<K, V>(of: (shared: SharedState) => Lookup<K, V>): Lookup<K, V> {
    const { reads } = this;
    const from = of(this.#state);
    let known: Map<K, V | undefined> | undefined;
    return {
      get: (key) => {
        if (known?.has(key)) return known.get(key);
        const value = from.get(key);
        known ??= new Map();
        known.set(key, value);
        reads.push((later) => of(later).get(key) === value);
        return value;
      },
    };
  }

  #written<V>(of: (ledgers: Ledgers) => Ledger<V>): Ledger<V> {
    const { writes } = this;
    const to = of(this.#state);
    return {
      get: (key) => to.get(key),
      set: (key, value) => {
        to.set(key, value);
        writes.push((later) => void of(later).set(key, value));
      },
    };
  }
}
