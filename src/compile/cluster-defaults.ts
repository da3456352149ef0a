import type { Ref } from '../api/schema.ts';

/** Gloo's name of the cluster of an Upstream. */
export function clusterName({ name, namespace }: Required<Ref>): string {
  return `${name}_${namespace}`;
}

/** Settings of the connections, the same for every kind of backend (Gloo's defaults). */
export const defaultConnections = { connectTimeoutMs: 5000, maxConnections: 1024 } as const;
