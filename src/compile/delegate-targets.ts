import type { RouteSpec } from '../api/route.ts';
import { labelOperators } from '../api/label-expression.ts';
import type { ResourceRef } from '../ir/outcome.ts';
import type { SharedState } from './context.ts';
import { enumName } from './enum-name.ts';
import type { Note } from './findings.ts';
import type { At } from './host-plan.ts';
import { partRef } from './parts.ts';
import { expressionFault, type LabelExpression } from './selectors.ts';
import type { TableSelector } from './table-selections.ts';

type DelegateAction = NonNullable<RouteSpec['delegateAction']>;
export type TableRef = ResourceRef & { readonly kind: 'RouteTable' };

/** The RouteTables that a delegating route leads to, there or not; `warning` says why there are none. */
export interface DelegateTargets {
  readonly tables: readonly TableRef[];
  /** Tables come and go as they are selected: none is no mistake in the route itself. */
  readonly isSelection?: boolean;
  readonly warning?: Note;
}

/** Finds where a delegating route leads. As in Gloo, its deprecated members win over the others. */
export function delegateTargets(
  { value: action, path }: At<DelegateAction>,
  namespace: string,
  { tableSelections }: Pick<SharedState, 'tableSelections'>,
): DelegateTargets {
  const { ref, selector, name } = action;
  if (name !== undefined && name !== '') {
    return { tables: [partRef('RouteTable', { name, ...named(action.namespace) }, namespace)] };
  }
  if (ref) return { tables: [partRef('RouteTable', ref, namespace)] };
  if (!selector) {
    return nowhere(path, 'neither a reference nor a selector', {
      accepted: 'ref or selector',
      gloo: 'cannot determine delegation target: you must specify a route table either via a resource reference or a selector',
    });
  }
  const at = `${path}.selector`;
  const compiled = compileSelector(selector, namespace);
  const fault = selectorFault(compiled, at);
  if (fault) return fault;
  const keys = (tableSelections.get(JSON.stringify(compiled)) ?? '').split('\n').filter(Boolean);
  if (keys.length > 0) return { tables: keys.map(tableRef), isSelection: true };
  return {
    tables: [],
    isSelection: true,
    warning: {
      reason: 'ReferenceNotFound',
      path: at,
      what: 'the route leads to no RouteTable, requests go to the routes behind it',
      found: 'no RouteTable with such labels',
      accepted: 'labels of at least one RouteTable',
      gloo: 'no route table matches the given selector',
    },
  };
}

function named(namespace: string | undefined): { readonly namespace?: string } {
  return namespace === undefined ? {} : { namespace };
}

function compileSelector(
  { namespaces, labels, expressions }: NonNullable<DelegateAction['selector']>,
  own: string,
): TableSelector {
  return {
    namespaces: namespaces && namespaces.length > 0 ? namespaces : [own],
    labels: labels ?? {},
    expressions: (expressions ?? []).map(({ key, operator, values }): LabelExpression => ({
      key,
      operator: enumName(operator, labelOperators),
      values: values ?? [],
    })),
  };
}

function selectorFault(
  { labels, expressions }: TableSelector,
  path: string,
): DelegateTargets | undefined {
  if (expressions.length > 0 && Object.keys(labels).length > 0) {
    return nowhere(path, 'labels and expressions', {
      accepted: 'one of them: In is the operator for what labels say',
      gloo: 'cannot use both labels and expressions within the same selector',
    });
  }
  for (const [index, expression] of expressions.entries()) {
    const accepted = expressionFault(expression);
    if (accepted === undefined) continue;
    return nowhere(
      `${path}.expressions[${index}].values`,
      `${expression.values.length} values with ${expression.operator}`,
      { accepted, gloo: 'the route table selector expression is invalid' },
    );
  }
  return undefined;
}

function nowhere(
  path: string,
  found: string,
  { accepted, gloo }: { readonly accepted: string; readonly gloo: string },
): DelegateTargets {
  const what = 'the route leads to no RouteTable, requests get 404';
  return {
    tables: [],
    warning: { reason: 'ReferenceNotFound', path, what, found, accepted, gloo },
  };
}

function tableRef(key: string): TableRef {
  const [, namespace = '', name = ''] = key.split('/');
  return { kind: 'RouteTable', namespace, name };
}
