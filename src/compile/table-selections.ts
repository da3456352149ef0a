import { refKey, type Resource, type ResourceSet } from '../api/resource.ts';
import type { Lookup } from './context.ts';
import { lastGoodOf } from './last-good.ts';
import { matchesExpression, matchesLabels, type LabelExpression } from './selectors.ts';

/** Which RouteTables a delegating route takes. */
export interface TableSelector {
  /** `*` is all of them. */
  readonly namespaces: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly expressions: readonly LabelExpression[];
}

/**
 * Finds RouteTables by their labels, in the order of namespace and name. One that is broken is found as well, by the labels of
 * the version that can be read: what it should have taken is not for others.
 */
export function createTableSelections(
  resources: ResourceSet,
  lastGood: ReadonlyMap<string, Resource>,
): Lookup<string, string> {
  const known = new Map<string, string>();
  let tables: readonly Resource[] | undefined;
  return {
    get: (key) => {
      tables ??= resources
        .list('RouteTable')
        .flatMap((entry) => entry.resource ?? lastGoodOf(entry, lastGood) ?? []);
      const found = known.get(key) ?? select(tables, JSON.parse(key) as TableSelector);
      known.set(key, found);
      return found;
    },
  };
}

function select(
  tables: readonly Resource[],
  { namespaces, labels, expressions }: TableSelector,
): string {
  const isAll = namespaces.includes('*');
  const isSelected = ({ metadata }: Resource): boolean => {
    const own = metadata.labels ?? {};
    return (
      (isAll || namespaces.includes(metadata.namespace)) &&
      matchesLabels(own, labels) &&
      expressions.every((one) => matchesExpression(own, one))
    );
  };
  return tables
    .filter(isSelected)
    .map(({ kind, metadata: { namespace, name } }) => refKey({ kind, namespace, name }))
    .join('\n');
}
