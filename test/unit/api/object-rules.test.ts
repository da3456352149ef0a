import { describe, expect, it } from '@jest/globals';
import { brokenRules } from '../../../src/api/object-rules.ts';

const rules = {
  oneOf: [{ fields: ['a', 'b'], required: true, gloo: 'x' }, { fields: ['c', 'd'] }],
  together: [{ field: 'e', needs: ['f', 'g'] }],
};

describe('brokenRules', () => {
  it.each([
    ['all kept', { a: 1, c: 1, e: 1, f: 1, g: 1 }, []],
    ['false is set', { a: false, b: false }, [{ kind: 'exactlyOne', set: ['a', 'b'] }]],
    [
      'none of one that is needed',
      {},
      [{ kind: 'exactlyOne', set: [], fields: ['a', 'b'], gloo: 'x' }],
    ],
    ['two of at most one', { a: 1, c: 1, d: 1 }, [{ kind: 'atMostOne', set: ['c', 'd'] }]],
    ['one without another', { a: 1, e: 1, f: 1 }, [{ kind: 'together', fields: ['g'] }]],
    ['several', { c: 1, d: 1 }, [{ kind: 'exactlyOne' }, { kind: 'atMostOne' }]],
  ])('%s', (_title, object, broken) => {
    const found = brokenRules(rules, object);
    expect(found).toMatchObject(broken);
    expect(found).toHaveLength(broken.length);
  });

  it('does not take members of Object for fields', () => {
    expect(brokenRules({ oneOf: [{ fields: ['constructor', 'toString'] }] }, {})).toEqual([]);
  });
});
