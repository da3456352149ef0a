import { keySetStatement, type KeySetFacts, type KeySetStatement } from './conditions.ts';

/** What is said of each set of keys, made anew only where something has happened. */
export interface KeySetStatements {
  /** Takes what is known now; gives the ids of the sets of which something else is said than before. */
  readonly update: (
    keySets: Readonly<Record<string, KeySetFacts>>,
    hostOf: (id: string) => string | undefined,
  ) => ReadonlySet<string>;
  readonly current: () => ReadonlyMap<string, KeySetStatement>;
}

interface Known {
  readonly facts: KeySetFacts;
  readonly host: string;
}

/** Nothing is said of any set yet. */
export function createKeySetStatements(): KeySetStatements {
  const known = new Map<string, Known>();
  const said = new Map<string, KeySetStatement>();
  return {
    update: (keySets, hostOf) => {
      const changed = new Set<string>();
      for (const [id, facts] of Object.entries(keySets)) {
        const former = known.get(id);
        // Of a set that is not in the table in force the host is not known, and comes with it.
        const host = former && former.host !== id ? former.host : (hostOf(id) ?? id);
        if (former?.host === host && isSame(former.facts, facts)) continue;
        known.set(id, { facts, host });
        const statement = keySetStatement(host, facts);
        if (said.get(id)?.text === statement.text) continue;
        said.set(id, statement);
        changed.add(id);
      }
      for (const id of known.keys()) {
        if (Object.hasOwn(keySets, id)) continue;
        known.delete(id);
        said.delete(id);
        changed.add(id);
      }
      return changed;
    },
    current: () => said,
  };
}

/** Ages grow all the time, and are not said. */
function isSame(a: KeySetFacts, b: KeySetFacts): boolean {
  return (
    a.state === b.state &&
    a.keys === b.keys &&
    a.loadedAtMs === b.loadedAtMs &&
    a.fetchedAtMs === b.fetchedAtMs &&
    a.lastError === b.lastError
  );
}
