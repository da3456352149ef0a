import { manifestPath } from '../api/manifest-path.ts';

/** The path of a member whose name a user chose: `providers.kc`, or `providers["a.b"]` where dots would mislead. */
export function fieldPath(parent: string, name: string): string {
  const member = manifestPath([name]);
  return member.startsWith('[') ? `${parent}${member}` : `${parent}.${member}`;
}
