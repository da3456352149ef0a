/** The manifests of one document: the items of a `kind: List` (what `kubectl get -o yaml` prints), else the document itself; none when it is empty. */
export function manifestList(document: unknown): readonly unknown[] {
  if (document === null || document === undefined) return [];
  if (typeof document !== 'object' || !('kind' in document) || !('items' in document)) {
    return [document];
  }
  const { kind, items } = document;
  const isList = typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items);
  return isList ? items : [document];
}
