import type { CoreKind } from '../api/kinds.ts';
import { refKey, type EndpointSliceBody, type Resource } from '../api/resource.ts';
import type { CompileState } from './compile-state.ts';
import { lastGoodOf } from './last-good.ts';

/** Finds what of Kubernetes' own kinds is in use: a version that cannot be read leaves the last one that could. */
export function coreKindsPass(context: CompileState): void {
  const { endpointSlices } = context;
  for (const secret of readable('Secret', context)) {
    context.secretBodies.set(resourceKey(secret.metadata), secret);
  }
  for (const service of readable('Service', context)) {
    context.services.set(resourceKey(service.metadata), service);
  }
  for (const slice of readable('EndpointSlice', context)) {
    const { labels, namespace } = slice.metadata;
    const name = labels?.['kubernetes.io/service-name'];
    if (name === undefined) continue;
    const key = resourceKey({ namespace, name });
    const slices: EndpointSliceBody[] = endpointSlices.get(key) ?? [];
    slices.push(slice);
    endpointSlices.set(key, slices);
  }
  for (const { metadata } of readable('Pod', context)) {
    if (metadata.labels) context.podLabels.set(resourceKey(metadata), metadata.labels);
  }
}

function readable<K extends CoreKind>(kind: K, context: CompileState): readonly Resource<K>[] {
  return context.resources.list(kind).flatMap((entry) => {
    const key = refKey(entry.ref);
    const last = lastGoodOf(entry, context.options.lastGood);
    const used = entry.resource ?? (last?.kind === kind ? (last as Resource<K>) : undefined);
    if (!used) return [];
    context.accepted.set(key, used as Resource);
    return [used];
  });
}

/** Key of a resource among those of its kind. */
export function resourceKey({ namespace, name }: { namespace: string; name: string }): string {
  return `${namespace}/${name}`;
}
