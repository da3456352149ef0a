import { describe, expect, it } from '@jest/globals';
import { schemaNode } from '../../../src/api/schema-node.ts';
import {
  bool,
  enumeration,
  int,
  later,
  laterObject,
  list,
  map,
  nullableBool,
  obj,
  opaque,
  opt,
  scalar,
  str,
  Type,
  unsupported,
} from '../../../src/api/schema.ts';
import { structuralSchema } from '../../../src/api/structural.ts';

const preserve = { 'x-kubernetes-preserve-unknown-fields': true };
const structural = (schema: object) => structuralSchema(schemaNode(schema));

describe('what has a structural form', () => {
  it.each([
    ['text', str('T.', { maxLength: 3 }), { type: 'string', description: 'T.', maxLength: 3 }],
    ['a boolean', bool('B.'), { type: 'boolean', description: 'B.' }],
    [
      'a nullable boolean',
      nullableBool('B.'),
      { type: 'boolean', description: 'B.', nullable: true },
    ],
    [
      'a number',
      int('N.', { maximum: 5 }),
      { type: 'integer', description: 'N.', minimum: 0, maximum: 5 },
    ],
    [
      'a list',
      list('L.', bool('B.'), 2),
      {
        type: 'array',
        description: 'L.',
        maxItems: 2,
        items: { type: 'boolean', description: 'B.' },
      },
    ],
    [
      'a map',
      map('M.', bool('B.'), 2),
      {
        type: 'object',
        description: 'M.',
        maxProperties: 2,
        additionalProperties: { type: 'boolean', description: 'B.' },
      },
    ],
    [
      'an enum',
      enumeration('E.', ['A', 'B']),
      { description: 'E.', 'x-kubernetes-int-or-string': true, enum: ['A', 'B', 0, 1] },
    ],
    ['an opaque object', opaque('O.'), { type: 'object', description: 'O.', ...preserve }],
    [
      'a field of which only the name is known',
      later('F.'),
      { description: 'F. Not enforced yet.', ...preserve },
    ],
    [
      'a field that is not enforced',
      unsupported(bool('B.')),
      { type: 'boolean', description: 'B. Not enforced yet.' },
    ],
  ])('%s', (_title, schema, expected) => {
    expect(structural(schema)).toEqual(expected);
  });

  it('an object with required fields and rules', () => {
    const schema = obj(
      'O.',
      { a: str('A.'), b: opt(bool('B.')), c: laterObject('C.') },
      { oneOf: [{ fields: ['b', 'c'] }] },
    );
    expect(structural(schema)).toEqual({
      type: 'object',
      description: 'O.',
      required: ['a'],
      properties: {
        a: { type: 'string', description: 'A.' },
        b: { type: 'boolean', description: 'B.' },
        c: { type: 'object', description: 'C. Not enforced yet.', ...preserve },
      },
      'x-kubernetes-validations': [expect.objectContaining({ message: 'set at most one of b, c' })],
    });
  });

  it('a claim value: nothing but text and booleans keeps its limits', () => {
    const { minimum, minItems, minProperties } = structural(scalar('S.'));
    expect([minimum, minItems, minProperties]).toEqual(Array(3).fill(Number.MAX_SAFE_INTEGER));
  });
});

describe('what has none', () => {
  it.each([
    ['a union', Type.Union([Type.String(), Type.Boolean()]), 'keyword anyOf'],
    ['several types', Type.Unsafe({ type: ['string', 'boolean'] }), 'type string,boolean'],
    ['nothing at all', Type.Unsafe({ type: 'null' }), 'type null'],
    ['an open object', Type.Object({ a: Type.String() }), 'an open object'],
    ['an object of unknown members', Type.Unsafe({ type: 'object' }), 'no known members'],
    ['a list of anything', Type.Unsafe({ type: 'array' }), 'a list without items'],
    ['a default', obj('O.', { a: Type.String({ default: 'x' }) }), 'spec.a: keyword default'],
    [
      'a rule on a field of no type',
      obj('O.', { a: later('A.') }, { oneOf: [{ fields: ['a'] }] }),
      'spec.a: a rule on',
    ],
    [
      'a rule on no field',
      obj('O.', {}, { together: [{ field: 'a', needs: [] }] }),
      'spec.a: a rule on',
    ],
  ])('%s', (_title, schema, text) => {
    expect(() => structural(schema)).toThrow(
      expect.objectContaining({ code: 'ERR_SCHEMA', message: expect.stringContaining(text) }),
    );
  });
});
