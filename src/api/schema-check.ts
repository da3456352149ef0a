import { Ajv, type ErrorObject, type Options, type ValidateFunction } from 'ajv';
import { brokenRules } from './object-rules.ts';
import type { SchemaNode } from './schema-node.ts';
import { keywords, type ObjectRules } from './schema.ts';
import { withSharedSchemas } from './shared-schemas.ts';

/** Checks a value against a schema; returns what is wrong, with the value and the schema of each place. */
export type SchemaCheck = (value: unknown) => readonly ErrorObject[];

/**
 * Makes the check of a schema from our builders. Most manifests are good, and a validator that only says so is made in a fraction of the
 * time; the one that collects what is wrong is made when something is.
 */
export function createSchemaCheck(schema: SchemaNode): SchemaCheck {
  const holds = createAjv({}).compile(withSharedSchemas(schema));
  let explain: ValidateFunction | undefined;
  return (value) => {
    if (holds(value)) return [];
    // Without shared schemas: ajv copies all errors so far for each reference that brings some.
    explain ??= createAjv({ allErrors: true, verbose: true }).compile(schema);
    return explain(value) ? [] : [...(explain.errors ?? [])];
  };
}

function createAjv(options: Options): Ajv {
  const ajv = new Ajv({
    ...options,
    strict: true,
    allowUnionTypes: true,
    // Objects are checked by their own members only: `constructor` is not there unless somebody wrote it.
    ownProperties: true,
    // Tidies the text of the validator for as long as making it takes; V8 does as well without.
    code: { optimize: false },
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
