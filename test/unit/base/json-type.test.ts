import { describe, expect, it } from '@jest/globals';
import * as TypeBox from 'typebox';
import { Type } from '../../../src/base/json-type.ts';

type Builders = Pick<typeof TypeBox, keyof typeof Type>;

/** With everything that the sources make of them. */
function schemaOf(type: Builders): unknown {
  const text = type.String({ pattern: '^a', description: 'A text.' });
  const properties = {
    needed: text,
    optional: type.Optional(text),
    list: type.Array(type.Integer({ minimum: 1 }), { maxItems: 2 }),
    one: type.Union([type.Literal('a'), type.Literal('b')], { default: 'a' }),
    any: type.Optional(type.Unsafe<unknown>({})),
    flag: type.Boolean(),
    inner: type.Object({ none: type.Optional(type.Boolean()) }, { additionalProperties: false }),
  };
  return type.Object(properties, { description: 'All.' });
}

describe('Type', () => {
  it('writes what TypeBox writes, member by member', () => {
    expect(JSON.stringify(schemaOf(Type))).toBe(JSON.stringify(schemaOf(TypeBox)));
  });

  it('a copy of an optional schema is not optional', () => {
    const schema = Type.Object({ a: { ...Type.Optional(Type.Boolean()) } });
    expect(schema).toMatchObject({ required: ['a'] });
  });
});
