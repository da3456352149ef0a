import { kinds, type OwnKind } from '../api/kinds.ts';

const apiVersions: ReadonlyMap<string, string> = new Map(
  kinds.map(({ kind, group, version }) => [kind, `${group}/${version}`]),
);

/** The kind of that name when it is one of ours, the only ones with a status. */
export function ownKind(name: string): OwnKind | undefined {
  return apiVersions.has(name) ? (name as OwnKind) : undefined;
}

/** `group/version` of a kind of ours. */
export function apiVersionOf(kind: OwnKind): string {
  return apiVersions.get(kind) ?? '';
}
