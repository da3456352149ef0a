import { describe, expect, it } from '@jest/globals';
import { celRules } from '../../../src/api/cel-rule.ts';

describe('celRules', () => {
  it.each([
    [
      'exactly one',
      { oneOf: [{ fields: ['a', 'b'], required: true }] },
      '(has(self.a) ? 1 : 0) + (has(self.b) ? 1 : 0) == 1',
      'set exactly one of a, b',
    ],
    [
      'at most one',
      { oneOf: [{ fields: ['a', 'b', 'c'] }] },
      '(has(self.a) ? 1 : 0) + (has(self.b) ? 1 : 0) + (has(self.c) ? 1 : 0) <= 1',
      'set at most one of a, b, c',
    ],
    [
      'together',
      { together: [{ field: 'a', needs: ['b', 'c'] }] },
      '!has(self.a) || (has(self.b) && has(self.c))',
      'a needs b, c as well',
    ],
  ])('%s', (_title, rules, rule, message) => {
    expect(celRules(rules)).toEqual([{ rule, message, reason: 'FieldValueInvalid' }]);
  });

  it('writes reserved words between underscores', () => {
    const [rule] = celRules({ together: [{ field: 'namespace', needs: ['name'] }] });
    expect(rule?.rule).toBe('!has(self.__namespace__) || (has(self.name))');
  });
});
