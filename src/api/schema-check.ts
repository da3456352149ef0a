import { Ajv, type ErrorObject, type SchemaValidateFunction, type ValidateFunction } from 'ajv';
import type { SchemaNode } from './schema-node.ts';
import { keywords, type ObjectRules } from './schema.ts';

/** A broken rule between fields, as `params` of an ajv error. */
export interface BrokenRule {
  /** The fields of the rule that are set. */
  readonly set: readonly string[];
  readonly fields: readonly string[];
  readonly kind: 'exactlyOne' | 'atMostOne' | 'together';
}

/** Checks a value against a schema; returns what is wrong, with the value and the schema of each place. */
export type SchemaCheck = (value: unknown) => readonly ErrorObject[];

/** Compiles the check of a schema from our builders. */
export function createSchemaCheck(schema: SchemaNode): SchemaCheck {
  const validate: ValidateFunction = createAjv().compile(schema);
  return (value) => (validate(value) ? [] : [...(validate.errors ?? [])]);
}

function createAjv(): Ajv {
  const ajv = new Ajv({
    strict: true,
    allowUnionTypes: true,
    // Objects are checked by their own members only: `constructor` is not there unless somebody wrote it.
    ownProperties: true,
    allErrors: true,
    verbose: true,
  });
  ajv.addFormat('int32', {
    type: 'number',
    // A fraction already breaks the type.
    validate: (value) => !Number.isInteger(value) || (value >= -(2 ** 31) && value < 2 ** 31),
  });
  ajv.addKeyword({ keyword: keywords.rules, type: 'object', validate: rulesKeyword() });
  ajv.addKeyword({ keyword: keywords.enum, validate: isEnumValue });
  ajv.addKeyword({ keyword: keywords.scalar, validate: isScalar });
  ajv.addKeyword({ keyword: keywords.unsupported, schemaType: 'boolean' });
  return ajv;
}

function rulesKeyword(): SchemaValidateFunction {
  const validate: SchemaValidateFunction = (rules: ObjectRules, data: object) => {
    const broken = brokenRules(rules, data);
    validate.errors = broken.map((params) => ({ keyword: keywords.rules, params: { ...params } }));
    return broken.length === 0;
  };
  return validate;
}

/** The rules that an object breaks. */
function brokenRules(rules: ObjectRules, data: object): readonly BrokenRule[] {
  const broken: BrokenRule[] = [];
  for (const { fields, required } of rules.oneOf ?? []) {
    const set = fields.filter((field) => Object.hasOwn(data, field));
    if (set.length > 1 || (required && set.length === 0)) {
      broken.push({ set, fields, kind: required ? 'exactlyOne' : 'atMostOne' });
    }
  }
  for (const { field, needs } of rules.together ?? []) {
    const missing = needs.filter((need) => !Object.hasOwn(data, need));
    if (Object.hasOwn(data, field) && missing.length > 0) {
      broken.push({ set: [field], fields: missing, kind: 'together' });
    }
  }
  return broken;
}

function isEnumValue(names: readonly string[], data: unknown): boolean {
  if (typeof data === 'string') return names.includes(data);
  return typeof data === 'number' && Number.isInteger(data) && data >= 0 && data < names.length;
}

function isScalar(_schema: unknown, data: unknown): boolean {
  return typeof data === 'string' || typeof data === 'boolean';
}
