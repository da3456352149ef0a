import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { brokenRules } from './object-rules.ts';
import type { SchemaNode } from './schema-node.ts';
import { keywords, type ObjectRules } from './schema.ts';

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
  // Without errors of their own: ajv copies all errors so far for each object that brings some.
  const plain = { errors: false };
  ajv.addKeyword({ ...plain, keyword: keywords.rules, type: 'object', validate: keepsRules });
  ajv.addKeyword({ ...plain, keyword: keywords.enum, validate: isEnumValue });
  ajv.addKeyword({ ...plain, keyword: keywords.scalar, validate: isScalar });
  ajv.addKeyword({ keyword: keywords.unsupported, schemaType: 'boolean' });
  return ajv;
}

function keepsRules(rules: ObjectRules, data: object): boolean {
  return brokenRules(rules, data).length === 0;
}

function isEnumValue(names: readonly string[], data: unknown): boolean {
  if (typeof data === 'string') return names.includes(data);
  return typeof data === 'number' && Number.isInteger(data) && data >= 0 && data < names.length;
}

function isScalar(_schema: unknown, data: unknown): boolean {
  return typeof data === 'string' || typeof data === 'boolean';
}
