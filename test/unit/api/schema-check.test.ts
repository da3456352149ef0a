import { describe, expect, it } from '@jest/globals';
import { createSchemaCheck } from '../../../src/api/schema-check.ts';
import { schemaNode } from '../../../src/api/schema-node.ts';
import {
  bool,
  enumeration,
  keywords,
  list,
  obj,
  opt,
  scalar,
  Type,
} from '../../../src/api/schema.ts';

const flag = opt(bool('A flag.'));

describe('rules between fields', () => {
  const schema = obj('Rules.', { a: flag, b: flag }, { oneOf: [{ fields: ['a', 'b'] }] });
  const check = createSchemaCheck(schemaNode(schema));

  it('kept', () => {
    expect(check({ a: true })).toEqual([]);
  });

  it('broken: one error, with the object and its schema', () => {
    const value = { a: true, b: true };
    expect(check(value)).toMatchObject([
      { keyword: keywords.rules, data: value, parentSchema: schemaNode(schema) },
    ]);
  });

  it('broken by every one of many objects: as fast as one would hope', () => {
    const many = createSchemaCheck(schemaNode(list('Many.', schema)));
    const started = performance.now();
    const errors = many(Array.from({ length: 50_000 }, () => ({ a: true, b: true })));
    expect(errors).toHaveLength(50_001);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

describe('values', () => {
  const word = createSchemaCheck(schemaNode(enumeration('Words.', ['ONE', 'TWO'])));
  const claim = createSchemaCheck(schemaNode(scalar('A claim value.')));
  const int32 = createSchemaCheck(schemaNode(Type.Unsafe({ type: 'integer', format: 'int32' })));

  it.each([
    ['an enum by name', word, ['ONE', 'TWO', 0, 1]],
    ['a claim value', claim, ['', 'a', true, false]],
    ['an int32', int32, [-(2 ** 31), 0, 2 ** 31 - 1]],
  ])('%s is taken', (_title, check, values) => {
    for (const value of values) expect(check(value)).toEqual([]);
  });

  it.each([
    ['an enum', word, ['one', 'THREE', 2, -1, 0.5, null, true]],
    ['a claim value', claim, [1, null, [], {}]],
    ['an int32', int32, [2 ** 31, -(2 ** 31) - 1, 0.5, '1']],
  ])('%s of another kind is refused', (_title, check, values) => {
    for (const value of values) expect(check(value)).toHaveLength(1);
  });

  it('names only members that are there', () => {
    const check = createSchemaCheck(schemaNode(obj('Nothing.', { constructor: flag })));
    expect(check({})).toEqual([]);
  });
});
