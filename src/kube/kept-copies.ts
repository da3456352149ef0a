import { refKey, type Resource } from '../api/resource.ts';
import { validateManifest } from '../api/validate.ts';
import { ownKind } from './own-kind.ts';

/**
 * Copies as they were read, by `refKey`. A copy is input like any other and has to be valid; that is looked into when one is asked
 * for, which happens where the newest version of a resource will not do. One that turns out not to be valid is not there.
 */
export class KeptCopies implements ReadonlyMap<string, Resource> {
  readonly #manifests: Map<string, unknown>;
  readonly #invalid: (key: string) => void;
  readonly #known = new Map<string, Resource | undefined>();

  /** `invalid` is told of each copy that is found not to be valid. */
  constructor(manifests: ReadonlyMap<string, unknown>, invalid: (key: string) => void) {
    this.#manifests = new Map(manifests);
    this.#invalid = invalid;
  }

  /** Those that nobody has asked for counted as valid. */
  get size(): number {
    return this.#manifests.size;
  }

  get(key: string): Resource | undefined {
    if (this.#known.has(key)) return this.#known.get(key);
    const manifest = this.#manifests.get(key);
    if (manifest === undefined) return undefined;
    const resource = validateManifest(manifest, { origin: '', defaultNamespace: '' }).entry
      ?.resource;
    this.#known.set(key, resource);
    if (resource === undefined) {
      this.#manifests.delete(key);
      this.#invalid(key);
    }
    return resource;
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  /** Of those, too, that nobody has asked for. */
  keys(): MapIterator<string> {
    return this.#manifests.keys();
  }

  *entries(): Generator<[string, Resource], undefined> {
    for (const key of this.#manifests.keys()) {
      const resource = this.get(key);
      if (resource !== undefined) yield [key, resource];
    }
  }

  *values(): Generator<Resource, undefined> {
    for (const [, resource] of this.entries()) yield resource;
  }

  [Symbol.iterator](): Generator<[string, Resource], undefined> {
    return this.entries();
  }

  forEach(
    callback: (resource: Resource, key: string, map: ReadonlyMap<string, Resource>) => void,
  ): void {
    for (const [key, resource] of this) callback(resource, key, this);
  }
}

/** The key of a manifest of a kind of ours; undefined where it could not be told whose copy it is. */
export function keyOfManifest(manifest: unknown): string | undefined {
  const members = membersOf(manifest);
  const { namespace, name, uid } = membersOf(members['metadata']);
  const kind = isText(members['kind']) ? ownKind(members['kind']) : undefined;
  if (kind === undefined || !isText(namespace) || !isText(name) || !isText(uid)) return undefined;
  return refKey({ kind, namespace, name });
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' ? { ...value } : {};
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
