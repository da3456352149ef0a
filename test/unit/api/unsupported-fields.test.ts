import { describe, expect, it } from '@jest/globals';
import { schemaNode } from '../../../src/api/schema-node.ts';
import { bool, later, list, map, obj, opt, unsupported } from '../../../src/api/schema.ts';
import { unsupportedFields } from '../../../src/api/unsupported-fields.ts';

const inner = obj('Inner.', { on: opt(bool('On.')), cors: later('Cross-origin requests.') });
const root = schemaNode(
  obj('All.', {
    one: opt(inner),
    many: opt(list('Many.', inner)),
    named: opt(map('Named.', inner)),
    marked: opt(unsupported(inner)),
  }),
);
const found = (document: unknown) => unsupportedFields(root, document).map((one) => one.segments);

describe('unsupportedFields', () => {
  it('finds them in objects, lists and maps', () => {
    const value = { on: true, cors: {} };
    expect(found({ one: value, many: [value], named: { 'a.b': value } })).toEqual([
      ['one', 'cors'],
      ['many', 0, 'cors'],
      ['named', 'a.b', 'cors'],
    ]);
  });

  it('does not list what lies below one again', () => {
    expect(found({ marked: { cors: {} } })).toEqual([['marked']]);
  });

  it('counts a field that is set to nothing much', () => {
    expect(found({ one: { cors: false } })).toEqual([['one', 'cors']]);
  });

  it('finds none where none is set', () => {
    expect(found({ one: { on: true } })).toEqual([]);
  });
});
