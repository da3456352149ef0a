import type { labelOperators } from '../api/label-expression.ts';

export interface LabelExpression {
  readonly key: string;
  readonly operator: (typeof labelOperators)[number];
  readonly values: readonly string[];
}

type Labels = Readonly<Record<string, string>>;

/** Whether all the wanted labels are there. */
export function matchesLabels(labels: Labels, wanted: Labels): boolean {
  return Object.entries(wanted).every(([key, value]) => valueOf(labels, key) === value);
}

/** Whether a label expression holds (Kubernetes' label selector rules). */
export function matchesExpression(
  labels: Labels,
  { key, operator, values }: LabelExpression,
): boolean {
  const value = valueOf(labels, key);
  switch (operator) {
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'NotEquals':
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'GreaterThan':
      return integer(value) > integer(values[0]);
    case 'LessThan':
      return integer(value) < integer(values[0]);
    default:
      return value !== undefined && values.includes(value);
  }
}

/** What values the operator takes when these are none of them (Kubernetes' rules); undefined: they are. */
export function expressionFault({ operator, values }: LabelExpression): string | undefined {
  switch (operator) {
    case 'Exists':
    case 'DoesNotExist':
      return values.length === 0 ? undefined : 'no value';
    case 'In':
    case 'NotIn':
      return values.length > 0 ? undefined : 'at least one value';
    case 'GreaterThan':
    case 'LessThan':
      return values.length === 1 && !Number.isNaN(integer(values[0])) ? undefined : 'one integer';
    default:
      return values.length === 1 ? undefined : 'one value';
  }
}

function integer(text: string | undefined): number {
  return text !== undefined && /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
}

function valueOf(labels: Labels, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}
