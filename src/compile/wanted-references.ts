import { refKey } from '../api/resource.ts';
import type { WantedRef } from '../ir/outcome.ts';

/** So many Secrets and Services one resource may name: no honest manifest comes near, and each is watched for. */
export const mostOfResource = 128;

/** A namespace that names as many gets no further ones. */
export const mostOfNamespace = 2_048;

/** A Secret, a Service or the pods of one, and the namespace of the resource that names it. */
export interface WantedReference {
  readonly namespace: string;
  readonly ref: WantedRef;
}

/** Key of a reference, of which each namespace has its own. */
export function wantedKey({ namespace, ref }: WantedReference): string {
  return `${namespace} ${refKey(ref)}`;
}

/** Secrets and Services that were looked up, and how many by which namespace. */
export class WantedReferences {
  readonly #known = new Map<string, WantedReference>();
  readonly #counts = new Map<string, number>();

  get(key: string): WantedReference | undefined {
    return this.#known.get(key);
  }

  /** By `wantedKey`. */
  set(key: string, wanted: WantedReference): void {
    if (this.#known.has(key)) return;
    const { namespace } = wanted;
    this.#known.set(key, wanted);
    this.#counts.set(namespace, this.#countOf(namespace) + 1);
  }

  has(key: string): true | undefined {
    return this.#known.has(key) || undefined;
  }

  /** Whether the namespace gets no further ones. */
  isFull(namespace: string): true | undefined {
    return this.#countOf(namespace) >= mostOfNamespace || undefined;
  }

  /** By `refKey`, each once. */
  refs(): ReadonlyMap<string, WantedRef> {
    return new Map(Array.from(this.#known.values(), ({ ref }) => [refKey(ref), ref]));
  }

  #countOf(namespace: string): number {
    return this.#counts.get(namespace) ?? 0;
  }
}
