import { kinds, type OwnKind } from '../api/kinds.ts';

const names: ReadonlySet<string> = new Set(kinds.map(({ kind }) => kind));

/** The kind of that name when it is one of ours, the only ones with a status. */
export function ownKind(name: string): OwnKind | undefined {
  return names.has(name) ? (name as OwnKind) : undefined;
}
