import { contentHash } from '../base/stable-json.ts';
import type { RoutingTable } from '../ir/table.ts';

/** Of parts of tables, which never change: most of them go into the next table as they are. */
const known = new WeakMap<object, string>();

/** The version of a table: equal contents have equal versions, whatever objects they are made of. */
export function tableVersion(content: Omit<RoutingTable, 'version'>): string {
  const { listeners, virtualHosts, clusters, keySets } = content;
  const named = [virtualHosts, clusters, keySets].map(hashesOf);
  return contentHash(JSON.stringify([listeners, ...named]));
}

function hashesOf(parts: Readonly<Record<string, object>>): readonly string[] {
  return Object.entries(parts).flatMap(([name, part]) => [name, hashOf(part)]);
}

function hashOf(part: object): string {
  const hash = known.get(part) ?? contentHash(JSON.stringify(part), 32);
  known.set(part, hash);
  return hash;
}
