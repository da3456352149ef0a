import { describe, expect, test } from '@jest/globals';

import { changedMembers, spliced, takenOut } from '../../../src/llm/body-splices.ts';
import { keyOf } from '../../../src/llm/json-key.ts';
import { readInnerList, readJsonObject } from '../../../src/llm/json-object.ts';

const subsets = Array.from({ length: 32 }, (_none, index) => index);
const isIn = (set: number, index: number): boolean => ((set >> index) & 1) === 1;

describe('takenOut', () => {
  test.each(subsets)('leaves a list of the others, set %i', (set) => {
    const bytes = Buffer.from('[ 0 ,1, [2],"3" , {"4":4} ]');
    const splices = takenOut(readInnerList(bytes, 0) ?? [], (index) => isIn(set, index));
    const all: unknown[] = [0, 1, [2], '3', { 4: 4 }];
    const left = all.filter((_one, index) => !isIn(set, index));
    expect(JSON.parse(spliced(bytes, splices).toString())).toEqual(left);
  });
});

describe('changedMembers', () => {
  test.each(subsets)('takes out, replaces and adds at once, set %i', (set) => {
    const bytes = Buffer.from('{ "a" :0, "b":{"x":[1]},"c":"2" ,"d":3,"e":4}');
    const object = readJsonObject(bytes);
    if (object === undefined) throw new Error('no object');
    const gone = object.members.filter((_one, index) => isIn(set, index));
    const kept = object.members.filter((_one, index) => !isIn(set, index));
    const changes = [
      ...gone.map((member) => ({ name: keyOf(bytes, member), member, value: undefined })),
      ...kept.slice(0, 1).map((member) => ({ name: keyOf(bytes, member), member, value: '"new"' })),
      { name: 'f', member: undefined, value: '5' },
      { name: 'g', member: undefined, value: '[]' },
      { name: 'h', member: undefined, value: undefined },
    ];
    const result: unknown = JSON.parse(spliced(bytes, changedMembers(object, changes)).toString());
    const before = Object.entries({ a: 0, b: { x: [1] }, c: '2', d: 3, e: 4 });
    const left = before.filter((_one, index) => !isIn(set, index));
    const [first, ...rest] = left;
    const changed = first === undefined ? [] : [[first[0], 'new'], ...rest];
    expect(result).toEqual({ f: 5, g: [], ...Object.fromEntries(changed) });
  });
});
