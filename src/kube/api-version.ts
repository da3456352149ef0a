import { apiVersionOf as versionOf } from '../api/manifest-kind.ts';
import { coreKinds, kinds, type Kind } from '../api/kinds.ts';

const apiVersions: ReadonlyMap<string, string> = new Map(
  [...kinds, ...coreKinds].map((known) => [known.kind, versionOf(known)]),
);

/** `group/version` of a kind, as objects of it write it. */
export function apiVersion(kind: Kind): string {
  return apiVersions.get(kind) ?? '';
}
