import { describe, expect, it } from '@jest/globals';
import { childSchema, schemaNode, schemasAlong } from '../../../src/api/schema-node.ts';
import { bool, list, map, obj, opt } from '../../../src/api/schema.ts';

const flag = bool('A flag.');
const root = schemaNode(
  obj('All.', { items: opt(list('Items.', flag)), names: opt(map('Names.', flag)) }),
);

describe('childSchema', () => {
  it.each([
    ['a field', 'items', 'Items.'],
    ['no field', 'other', undefined],
    ['a member of Object', 'constructor', undefined],
  ])('%s', (_title, name, description) => {
    expect(childSchema(root, name)?.description).toBe(description);
  });
});

describe('schemasAlong', () => {
  it.each([
    ['items', ['items', 3], ['All.', 'Items.', 'A flag.']],
    ['values of a map', ['names', 'constructor'], ['All.', 'Names.', 'A flag.']],
    ['a path that leaves the schema', ['items', 0, 'x', 'y'], ['All.', 'Items.', 'A flag.']],
  ])('%s', (_title, segments, descriptions) => {
    expect(schemasAlong(root, segments).map((node) => node.description)).toEqual(descriptions);
  });
});
