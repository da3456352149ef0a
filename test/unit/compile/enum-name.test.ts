import { describe, expect, it } from '@jest/globals';
import { enumName } from '../../../src/compile/enum-name.ts';

describe('enumName', () => {
  it.each([
    [undefined, 'FIRST'],
    ['SECOND', 'SECOND'],
    [1, 'SECOND'],
    [0, 'FIRST'],
    [7, 'FIRST'],
  ] as const)('reads %j as %s', (written, name) => {
    expect(enumName(written, ['FIRST', 'SECOND'])).toBe(name);
  });
});
