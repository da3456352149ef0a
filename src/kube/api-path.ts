import { coreKinds, kinds, type Kind } from '../api/kinds.ts';

/** What a path needs to know of a kind. */
interface Endpoint {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
}

const endpoints: ReadonlyMap<string, Endpoint> = new Map(
  [...kinds, ...coreKinds].map((one) => [one.kind, one]),
);

/** Path of the objects of a kind, in one namespace or in all. */
export function collectionPath(kind: Kind, namespace?: string): string {
  const { plural } = endpointOf(kind);
  return namespace === undefined
    ? `${groupPath(kind)}/${plural}`
    : `${groupPath(kind)}/namespaces/${encodeURIComponent(namespace)}/${plural}`;
}

/** Path of one object. */
export function objectPath(ref: {
  readonly kind: Kind;
  readonly namespace: string;
  readonly name: string;
}): string {
  return `${collectionPath(ref.kind, ref.namespace)}/${encodeURIComponent(ref.name)}`;
}

/** Path of the discovery document that lists the kind and its subresources. */
export function groupPath(kind: Kind): string {
  const { group, version } = endpointOf(kind);
  return group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
}

function endpointOf(kind: Kind): Endpoint {
  const endpoint = endpoints.get(kind);
  if (!endpoint) throw new TypeError(`no such kind: ${kind}`);
  return endpoint;
}
