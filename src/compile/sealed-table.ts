import { deepFreeze } from '../base/deep-freeze.ts';
import { contentHash } from '../base/stable-json.ts';
import type { RoutingTable } from '../ir/table.ts';

/** Of frozen parts of tables: most of them go into the next table as they are. */
const known = new WeakMap<object, string>();

/** The table, frozen, with its version: equal contents have equal versions, whatever objects they are made of. */
export function sealedTable(content: Omit<RoutingTable, 'version'>): RoutingTable {
  const { listeners, virtualHosts, clusters, keySets } = content;
  const hashes = [virtualHosts, clusters, keySets].map(hashesOf);
  const version = contentHash(JSON.stringify([deepFreeze(listeners), ...hashes]));
  return Object.freeze({ version, ...content });
}

/** Of each part its name and its hash. */
function hashesOf(parts: Readonly<Record<string, object>>): readonly string[] {
  const hashes: string[] = [];
  for (const name of Object.keys(Object.freeze(parts)))
    hashes.push(name, hashOf(parts[name] ?? {}));
  return hashes;
}

/** The hash of a part, which is frozen; to be asked for as soon as the part is made, when there are many. */
export function hashOf(part: object): string {
  const hash = known.get(part);
  if (hash !== undefined) return hash;
  const made = contentHash(JSON.stringify(deepFreeze(part)), 32);
  known.set(part, made);
  return made;
}
