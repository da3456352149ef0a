import { describe, expect, it } from '@jest/globals';
import { createSchemaCheck } from '../../../src/api/schema-check.ts';
import { schemaNode } from '../../../src/api/schema-node.ts';
import { bool, enumeration, keywords, obj, opt, scalar, Type } from '../../../src/api/schema.ts';

const flag = opt(bool('A flag.'));
const ruled = createSchemaCheck(
  schemaNode(
    obj(
      'Rules.',
      { a: flag, b: flag, c: flag, d: flag, e: flag, f: flag },
      {
        oneOf: [{ fields: ['a', 'b'], required: true }, { fields: ['c', 'd'] }],
        together: [{ field: 'e', needs: ['f'] }],
      },
    ),
  ),
);

describe('rules between fields', () => {
  it.each([
    ['exactly one of two', { a: true, c: true, e: true, f: true }, []],
    ['false is set', { a: false, b: false }, [{ kind: 'exactlyOne', set: ['a', 'b'] }]],
    ['none of one that is needed', {}, [{ kind: 'exactlyOne', set: [] }]],
    ['two of at most one', { a: true, c: true, d: true }, [{ kind: 'atMostOne', set: ['c', 'd'] }]],
    ['one without the other', { a: true, e: true }, [{ kind: 'together', fields: ['f'] }]],
    ['several at once', { c: true, d: true }, [{ kind: 'exactlyOne' }, { kind: 'atMostOne' }]],
  ])('%s', (_title, value, broken) => {
    const errors = ruled(value).map(({ keyword, params }) => ({ keyword, params }));
    expect(errors).toMatchObject(broken.map((params) => ({ keyword: keywords.rules, params })));
    expect(errors).toHaveLength(broken.length);
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
