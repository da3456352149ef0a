import { describe, expect, it } from '@jest/globals';
import { problemLine } from '../../../src/api/problem.ts';
import { problemTexts } from '../../../src/api/problem-text.ts';
import { createSchemaCheck } from '../../../src/api/schema-check.ts';
import { schemaNode } from '../../../src/api/schema-node.ts';
import {
  bool,
  duration,
  enumeration,
  int,
  list,
  map,
  obj,
  opt,
  scalar,
  str,
} from '../../../src/api/schema.ts';

const root = schemaNode(
  obj(
    'All.',
    {
      text: opt(str('Text.', { minLength: 1, maxLength: 4, pattern: '^[a-z]*$' })),
      flag: opt(bool('A flag.')),
      port: opt(int('A port.', { minimum: 1, maximum: 9 })),
      time: opt(duration('A time.')),
      word: opt(enumeration('A word.', ['ONE', 'TWO'])),
      claim: opt(scalar('A claim.')),
      items: opt(list('Items.', str('An item.'), 2)),
      names: opt(map('Names.', str('A name.'), 1)),
      ref: opt(obj('A reference.', { name: str('Name of the resource.') })),
      other: opt(bool('Another.')),
    },
    { oneOf: [{ fields: ['flag', 'other'] }], together: [{ field: 'time', needs: ['text'] }] },
  ),
);
const check = createSchemaCheck(root);
const textsOf = (value: unknown) =>
  check(value).flatMap((error) => problemTexts(error, value, root));

describe('problemTexts', () => {
  it.each([
    ['type', { flag: 'yes' }, 'InvalidValue', 'flag: found "yes", accepted true or false'],
    ['pattern', { text: 'A' }, 'InvalidValue', 'text: found "A", accepted text that fits ^[a-z]*$'],
    [
      'too long',
      { text: 'abcde' },
      'InvalidValue',
      'text: found text of 5 characters, accepted at most 4',
    ],
    [
      'too short',
      { text: '' },
      'InvalidValue',
      'text: found empty text, accepted at least 1 character',
    ],
    ['range', { port: 10 }, 'InvalidValue', 'port: found 10, accepted 1 to 9'],
    [
      'duration',
      { text: 'a', time: '5' },
      'InvalidValue',
      'time: found "5", accepted a duration such as 15s, 0.5s or 1m30s',
    ],
    ['enum', { word: 'one' }, 'InvalidValue', 'word: found "one", accepted ONE, TWO'],
    [
      'claim',
      { claim: 5 },
      'InvalidValue',
      'claim: found 5, accepted text, true or false (put a number in quotes)',
    ],
    [
      'long list',
      { items: ['a', 'b', 'c'] },
      'InvalidValue',
      'items: found a list of 3, accepted at most 2',
    ],
    [
      'big map',
      { names: { a: '', b: '' } },
      'InvalidValue',
      'names: found 2 entries, accepted at most 1',
    ],
    [
      'item',
      { items: [1] },
      'InvalidValue',
      'items[0]: found 1, accepted text (in quotes where it looks like something else)',
    ],
    ['unknown', { flga: 1 }, 'UnknownField', 'flga: unknown field, did you mean flag'],
    [
      'missing',
      { ref: {} },
      'MissingField',
      'ref.name: found nothing, required: Name of the resource.',
    ],
    [
      'two of one',
      { flag: true, other: true },
      'ConflictingFields',
      'manifest: found flag and other, set at most one',
    ],
    ['one without another', { time: '1s' }, 'MissingField', 'manifest: time needs text as well'],
  ])('%s', (_title, value, reason, message) => {
    const texts = textsOf(value);
    expect(texts.map((text) => [text.reason, problemLine(text)])).toEqual([[reason, message]]);
  });

  it('tells every rule that an object breaks', () => {
    expect(textsOf({ flag: true, other: true, time: '1s' })).toHaveLength(2);
  });

  it('does not repeat the value of an unknown field', () => {
    expect(JSON.stringify(textsOf({ apiKey: 'hunter2' }))).not.toContain('hunter2');
  });
});
