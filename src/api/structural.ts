import { AppError } from '../base/errors.ts';
import { celRules, type CelRule } from './cel-rule.ts';
import type { SchemaNode } from './schema-node.ts';
import { keywords } from './schema.ts';

/** A structural schema as `openAPIV3Schema` of a CustomResourceDefinition takes it. */
export interface StructuralSchema {
  readonly [keyword: string]: unknown;
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, StructuralSchema>>;
  readonly items?: StructuralSchema;
  readonly 'x-kubernetes-validations'?: readonly CelRule[];
}

/** Keywords that mean the same in both worlds. */
const same = [
  'type',
  'format',
  'nullable',
  'pattern',
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'maxItems',
  'maxProperties',
  'required',
] as const;

const translated = new Set<string>([
  ...same,
  ...Object.values(keywords),
  'description',
  'properties',
  'items',
  'additionalProperties',
]);

const preserve = { 'x-kubernetes-preserve-unknown-fields': true };

/**
 * A structural schema has no union of types. Numbers, lists and objects all break one of these limits;
 * text and booleans have none of the properties that are limited and pass.
 */
const textOrBoolean = {
  ...preserve,
  minimum: Number.MAX_SAFE_INTEGER,
  minItems: Number.MAX_SAFE_INTEGER,
  minProperties: Number.MAX_SAFE_INTEGER,
};

/** Translates a schema of our builders for the API server; throws ERR_SCHEMA for what has no structural form. */
export function structuralSchema(node: SchemaNode, path = 'spec'): StructuralSchema {
  for (const keyword of Object.keys(node)) {
    if (!translated.has(keyword)) throw noStructuralForm(path, `keyword ${keyword}`);
  }
  return { ...describe(node), ...keywordsOf(node), ...shape(node, path), ...rulesOf(node, path) };
}

function describe(node: SchemaNode) {
  const { description } = node;
  if (description === undefined) return {};
  return {
    description: node[keywords.unsupported] ? `${description} Not enforced yet.` : description,
  };
}

function keywordsOf(node: SchemaNode): StructuralSchema {
  const kept = same.flatMap((keyword) => (keyword in node ? [[keyword, node[keyword]]] : []));
  return Object.fromEntries(kept);
}

function shape(node: SchemaNode, path: string): StructuralSchema {
  const names = node[keywords.enum];
  if (names) return { 'x-kubernetes-int-or-string': true, enum: [...names, ...names.keys()] };
  if (node[keywords.scalar]) return textOrBoolean;
  switch (node.type) {
    case 'object':
      return objectShape(node, path);
    case 'array':
      if (!node.items) throw noStructuralForm(path, 'a list without items');
      return { items: structuralSchema(node.items, `${path}[]`) };
    case 'string':
    case 'boolean':
    case 'integer':
    case 'number':
      return {};
    case undefined:
      return preserve;
    default:
      throw noStructuralForm(path, `type ${String(node.type)}`);
  }
}

function objectShape(node: SchemaNode, path: string): StructuralSchema {
  const { properties, additionalProperties } = node;
  if (properties) {
    if (additionalProperties !== false) throw noStructuralForm(path, 'an open object');
    const entries = Object.entries(properties).map(([name, child]) => {
      return [name, structuralSchema(child, `${path}.${name}`)] as const;
    });
    return { properties: Object.fromEntries(entries) };
  }
  if (typeof additionalProperties === 'object') {
    return { additionalProperties: structuralSchema(additionalProperties, `${path}.*`) };
  }
  if (additionalProperties === true) return preserve;
  throw noStructuralForm(path, 'an object of no known members');
}

function rulesOf(node: SchemaNode, path: string): StructuralSchema {
  const rules = node[keywords.rules];
  if (!rules) return {};
  const named = [
    ...(rules.oneOf ?? []).flatMap(({ fields }) => fields),
    ...(rules.together ?? []).flatMap(({ field, needs }) => [field, ...needs]),
  ];
  for (const field of named) {
    const child = node.properties?.[field];
    // CEL knows only fields that have a type.
    if (!child?.type) throw noStructuralForm(`${path}.${field}`, 'a rule on a field of no type');
  }
  return { 'x-kubernetes-validations': celRules(rules) };
}

function noStructuralForm(path: string, what: string): AppError {
  return new AppError('ERR_SCHEMA', `${path}: ${what} has no structural form`);
}
