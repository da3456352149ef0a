/** Most values a manifest may hold once its YAML aliases are followed; far above what a Kubernetes object can carry. */
const maxValues = 250_000;
/** Deepest nesting; the deepest field we know sits at 14. */
const maxDepth = 64;

/** A copy of a parsed document, or why there is none. */
export type ManifestCopy = { readonly value: unknown } | { readonly fault: string };

interface Progress {
  values: number;
  fault: string | undefined;
  readonly strict: string | undefined;
}

/**
 * Copies a parsed YAML or JSON document, frozen and without the fields that are null, as Kubernetes' own kinds are read; below the member
 * `strict` they stay, for the schema to refuse as the API server does: `rbac:` with nothing under it is a slip of the
 * indentation, and must not mean that there are no policies. YAML aliases may make a small text into a huge or endless value, hence the limits;
 * a member called `__proto__` serves nobody but attackers of whoever builds objects from names later.
 */
export function copyManifest(document: unknown, strict?: string): ManifestCopy {
  const progress: Progress = { values: 0, fault: undefined, strict };
  const value = copy(document, 0, progress);
  return progress.fault === undefined ? { value } : { fault: progress.fault };
}

function copy(value: unknown, depth: number, progress: Progress, nulls = false): unknown {
  progress.values += 1;
  if (progress.values > maxValues) progress.fault ??= `more than ${maxValues} values`;
  if (depth > maxDepth) progress.fault ??= `more than ${maxDepth} levels`;
  if (progress.fault !== undefined || value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) {
    return Object.freeze(value.map((item) => copy(item, depth + 1, progress, nulls)));
  }
  // A loop: with thousands of manifests this is a good part of the time that a start takes.
  const members: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    if (name === '__proto__') progress.fault ??= 'a member called __proto__';
    else if (member !== undefined && (nulls || member !== null)) {
      const stay = nulls || (depth === 0 && name === progress.strict);
      members[name] = copy(member, depth + 1, progress, stay);
    }
  }
  return Object.freeze(members);
}
