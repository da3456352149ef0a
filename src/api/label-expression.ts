import { enumeration, list, obj, opt, str } from './schema.ts';

/** Operators of Gloo's label expressions, in protobuf's order. */
export const labelOperators = [
  'Equals',
  'DoubleEquals',
  'NotEquals',
  'In',
  'NotIn',
  'Exists',
  'DoesNotExist',
  'GreaterThan',
  'LessThan',
] as const;

/** One expression of a selector by labels. */
export const labelExpression = obj('A label expression.', {
  key: str('Label.', { maxLength: 317 }),
  operator: opt(enumeration('Operator.', labelOperators)),
  values: opt(list('Values.', str('A value.'))),
});
