import { describe, expect, test } from '@jest/globals';

import { sayJson } from '../../../src/dataplane/json-content-type.ts';

const own = ['application/json'];

describe('sayJson', () => {
  test.each([
    [[], own],
    [['application/json'], ['application/json']],
    [['Application/JSON ; charset="UTF-8"'], ['Application/JSON ; charset="UTF-8"']],
    [['application/vnd.api+json'], ['application/vnd.api+json']],
    [['application/json; charset=utf-7'], own],
    [['application/json; charset=utf-8; charset=utf-7'], own],
    [['application/json, application/x-www-form-urlencoded'], own],
    [['application/json', 'application/x-www-form-urlencoded'], own],
    [['application/x-www-form-urlencoded'], own],
    [['multipart/form-data; boundary=a'], own],
    [['text/plain;charset=UTF-8'], own],
  ])('%j', (before, after) => {
    const lines = ['host', 'a', ...before.flatMap((value) => ['content-type', value]), 'x', 'y'];
    sayJson(lines);
    const types = lines.filter((_, index) => lines[index - 1] === 'content-type');
    expect(types).toEqual(after);
    expect(lines).toEqual(expect.arrayContaining(['host', 'a', 'x', 'y']));
    expect(lines).toHaveLength(6);
  });
});
