import { durationPattern } from '../base/duration.ts';
import type { Static, TProperties, TSchema } from 'typebox';
import { Type } from '../base/json-type.ts';

export { Type };
export type { Static, TSchema };

/** At most one of the fields may be set; with `required`, exactly one. */
export interface OneOf {
  readonly fields: readonly string[];
  readonly required?: boolean;
  /** Gloo's text where none is set. */
  readonly gloo?: string;
}

/** Where `field` is set, all of `needs` have to be. */
export interface Together {
  readonly field: string;
  readonly needs: readonly string[];
}

/** Rules between the fields of an object: checked by ajv here and by CEL in the cluster, from this one place. */
export interface ObjectRules {
  readonly oneOf?: readonly OneOf[];
  readonly together?: readonly Together[];
}

/**
 * Keywords of our own in the schemas, besides JSON Schema's:
 * - `seekgateRules` {@link ObjectRules} of an object
 * - `seekgateEnum` names of an enum given as a name or as its number
 * - `seekgateScalar` a string or a boolean
 * - `seekgateUnsupported` known, but not enforced yet: a Warning `Unsupported` where it is set
 */
export const keywords = {
  rules: 'seekgateRules',
  enum: 'seekgateEnum',
  scalar: 'seekgateScalar',
  unsupported: 'seekgateUnsupported',
} as const;

/** An object whose fields are all optional unless named in `required`. */
export function obj<P extends TProperties>(
  description: string,
  properties: P,
  rules?: ObjectRules,
) {
  return Type.Object(properties, {
    description,
    additionalProperties: false,
    ...(rules ? { [keywords.rules]: rules } : {}),
  });
}

/** The same schema with its type computed by itself: all options at once are too deep for the compiler. */
export function whole<T extends TSchema>(schema: T) {
  return Type.Unsafe<Static<T>>(schema);
}

/** Marks a field as optional. */
export const opt = Type.Optional;

/** A text. */
export function str(
  description: string,
  limits: { maxLength?: number; minLength?: number; pattern?: string } = {},
) {
  return Type.String({ description, ...limits });
}

/** A boolean. */
export function bool(description: string) {
  return Type.Boolean({ description });
}

/** Gloo's BoolValue: may be null, which is the same as not set. */
export function nullableBool(description: string) {
  return Type.Unsafe<boolean | null>({ type: 'boolean', nullable: true, description });
}

/** An unsigned integer, 32 bits unless limited further. */
export function int(description: string, limits: { minimum?: number; maximum?: number } = {}) {
  return Type.Integer({ description, minimum: 0, maximum: 4294967295, ...limits });
}

/** A number with a fraction. */
export function num(description: string, limits: { minimum?: number; maximum?: number } = {}) {
  return Type.Unsafe<number>({ type: 'number', description, ...limits });
}

/** `15s`, `0.5s`, `1m30s`, `0s`. */
export function duration(description: string) {
  return Type.String({
    description,
    pattern: durationPattern,
    maxLength: 32,
  });
}

/** An array; bounded, so that the cost of CEL rules is. */
export function list<T extends TSchema>(description: string, items: T, maxItems = 256) {
  return Type.Array(items, { description, maxItems });
}

/** An object with free names and values of one schema. */
export function map<T extends TSchema>(description: string, values: T, maxProperties = 64) {
  return Type.Unsafe<Record<string, Static<T>>>({
    type: 'object',
    description,
    additionalProperties: values,
    maxProperties,
  });
}

/** An enum by name, or by number as protobuf's JSON form allows. */
export function enumeration<const N extends readonly string[]>(description: string, names: N) {
  return Type.Unsafe<N[number] | number>({ [keywords.enum]: names, description });
}

/** A claim value: text, or a YAML boolean as Gloo's guides write it. */
export function scalar(description: string) {
  return Type.Unsafe<string | boolean>({ [keywords.scalar]: true, description });
}

/** An object whose members are not looked at. */
export function opaque(description: string) {
  return Type.Unsafe<Record<string, unknown>>({
    type: 'object',
    description,
    additionalProperties: true,
  });
}

/** A field that Gloo has and that is not enforced here yet. */
export function unsupported<T extends TSchema>(schema: T): T {
  return { ...schema, [keywords.unsupported]: true };
}

/** A known field of Gloo of which only its name is known here. */
export function later(description: string) {
  return opt(unsupported(Type.Unsafe<unknown>({ description })));
}

/** The same where the field is an object, as rules between fields have to know. */
export function laterObject(description: string) {
  return opt(unsupported(opaque(description)));
}

/** A reference to another resource. */
export function refTo(description: string) {
  return obj(description, {
    name: str('Name of the resource.', { minLength: 1, maxLength: 253 }),
    namespace: opt(
      str('Its namespace; default: the namespace of the resource that holds the reference.', {
        maxLength: 253,
      }),
    ),
  });
}

export type Ref = Static<ReturnType<typeof refTo>>;
