import { AppError } from '../base/errors.ts';
import type { ObjectRules, OneOf, Together } from './schema.ts';

/** One entry of `x-kubernetes-validations`. */
export interface CelRule {
  readonly rule: string;
  readonly message: string;
  readonly reason: 'FieldValueInvalid';
}

/** Names that CEL wants escaped in `self.<name>`; none of our rules needs one. */
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
  const set = fields.map(has);
  const all = set.join(', ');
  const [exactly, atMost] =
    set.length === 2
      ? [set.join(' != '), `!(${set.join(' && ')})`]
      : [`[${all}].exists_one(f, f)`, `[${all}].filter(f, f).size() <= 1`];
  const count = required ? 'exactly' : 'at most';
  return invalid(required ? exactly : atMost, `set ${count} one of ${fields.join(', ')}`);
}

function togetherRule({ field, needs }: Together): CelRule {
  const rule = `!${has(field)} || (${needs.map(has).join(' && ')})`;
  return invalid(rule, `${field} needs ${needs.join(', ')} as well`);
}

function invalid(rule: string, message: string): CelRule {
  return { rule, message, reason: 'FieldValueInvalid' };
}

function has(field: string): string {
  if (reserved.has(field)) throw new AppError('ERR_SCHEMA', `${field} is a reserved word of CEL`);
  return `has(self.${field})`;
}
