import type * as TypeBox from 'typebox';
import type { TOptional, TSchema } from 'typebox';

/**
 * The builders of TypeBox that are used here, with its types and what they write into a schema. At run time its 680 modules would cost every
 * start a tenth of a second and 20 MB, for objects as plain as these.
 */
export const Type = {
  Object: ((properties: Readonly<Record<string, TSchema>>, options?: object) => {
    const required = Object.keys(properties).filter((name) => !isOptional(properties[name]));
    return {
      type: 'object',
      ...(required.length > 0 ? { required } : {}),
      properties,
      ...options,
    };
  }) as unknown as typeof TypeBox.Object,
  Array: ((items: TSchema, options?: object) => ({
    type: 'array',
    items,
    ...options,
  })) as unknown as typeof TypeBox.Array,
  Union: ((anyOf: readonly TSchema[], options?: object) => ({
    anyOf,
    ...options,
  })) as unknown as typeof TypeBox.Union,
  Literal: ((value: string) => ({
    type: 'string',
    const: value,
  })) as unknown as typeof TypeBox.Literal,
  String: typed('string') as unknown as typeof TypeBox.String,
  Boolean: typed('boolean') as unknown as typeof TypeBox.Boolean,
  Number: typed('number') as unknown as typeof TypeBox.Number,
  Integer: typed('integer') as unknown as typeof TypeBox.Integer,
  Unsafe: ((schema: object) => ({ ...schema })) as unknown as typeof TypeBox.Unsafe,
  /** Marks a member as one that may be missing. */
  Optional: (<T extends TSchema>(schema: T): TOptional<T> => {
    const marked = { ...schema };
    optionals.add(marked);
    return marked as unknown as TOptional<T>;
  }) as typeof TypeBox.Optional,
};

/** Not in the schema itself: a copy that means something else must not be optional too. */
const optionals = new WeakSet<object>();

function isOptional(schema: object | undefined): boolean {
  return schema !== undefined && optionals.has(schema);
}

function typed(type: string): (options?: object) => object {
  return (options) => ({ type, ...options });
}
