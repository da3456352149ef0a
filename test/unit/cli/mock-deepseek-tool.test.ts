import { describe, expect, it } from '@jest/globals';

import { exampleOf, mockToolCalls } from '../../../src/cli/mock-deepseek-tool.ts';

const tools = [
  { name: 'a', schema: {} },
  { name: 'b', schema: { properties: { n: { type: 'number' } } } },
];

describe('tool calls of the stand-in', () => {
  it.each([
    ['auto', false, ['a']],
    ['auto', true, []],
    ['required', true, ['a']],
    ['none', false, []],
    [{ name: 'b' }, true, ['b']],
    [{ name: 'x' }, false, []],
  ] as const)('with the choice %j, answered %s', (choice, answered, names) => {
    expect(mockToolCalls({ tools, choice, answered }).map(({ name }) => name)).toEqual(names);
  });

  it('are none without tools', () => {
    expect(mockToolCalls(undefined)).toEqual([]);
    expect(mockToolCalls({ tools: [], choice: 'required', answered: false })).toEqual([]);
  });

  it.each([
    [{ const: 3 }, 3],
    [{ enum: ['x', 'y'] }, 'x'],
    [{ anyOf: [{ type: 'boolean' }] }, true],
    [{ type: 'string' }, 'example'],
    [{ type: ['integer', 'null'], minimum: 5 }, 5],
    [{ type: 'null' }, null],
    [{ type: 'array', items: { type: 'number' } }, [1]],
    [{ type: 'object', properties: { a: { type: 'string' } } }, { a: 'example' }],
    [{}, {}],
  ])('fit the schema %j', (schema, value) => {
    expect(exampleOf(schema)).toEqual(value);
  });
});
