import type { ObjectRules, OneOf, Together } from './schema.ts';

/** One entry of `x-kubernetes-validations`. */
export interface CelRule {
  readonly rule: string;
  readonly message: string;
  readonly reason: 'FieldValueInvalid';
}

/** Words of CEL, which Kubernetes wants escaped in `self.<name>`. */
const reserved = new Set(
  'as break const continue else false for function if import in let loop namespace null package return true var void while'.split(
    ' ',
  ),
);

/** The rules between the fields of an object as CEL, for the API server; the same as the check of files applies. */
export function celRules(rules: ObjectRules): readonly CelRule[] {
  return [...(rules.oneOf ?? []).map(oneOfRule), ...(rules.together ?? []).map(togetherRule)];
}

function oneOfRule({ fields, required }: OneOf): CelRule {
  // A sum is cheaper than a macro over a list, and the API server has a budget for what rules may cost.
  const count = fields.map((field) => `(${has(field)} ? 1 : 0)`).join(' + ');
  const names = fields.join(', ');
  return required
    ? invalid(`${count} == 1`, `set exactly one of ${names}`)
    : invalid(`${count} <= 1`, `set at most one of ${names}`);
}

function togetherRule({ field, needs }: Together): CelRule {
  const rule = `!${has(field)} || (${needs.map(has).join(' && ')})`;
  return invalid(rule, `${field} needs ${needs.join(', ')} as well`);
}

function invalid(rule: string, message: string): CelRule {
  return { rule, message, reason: 'FieldValueInvalid' };
}

function has(field: string): string {
  // Kubernetes: a field called like a word of CEL is written between underscores.
  return `has(self.${reserved.has(field) ? `__${field}__` : field})`;
}
