import { describe, expect, it } from '@jest/globals';
import {
  expressionFault,
  matchesExpression,
  matchesLabels,
  type LabelExpression,
} from '../../../src/compile/selectors.ts';

const labels = { app: 'web', tier: '3', odd: '' };

describe('matchesLabels', () => {
  it.each([
    [{}, true],
    [{ app: 'web' }, true],
    [{ app: 'web', tier: '3' }, true],
    [{ app: 'api' }, false],
    [{ gone: 'x' }, false],
    [{ constructor: 'x' }, false],
  ])('%j: %s', (wanted, expected) => {
    expect(matchesLabels(labels, wanted)).toBe(expected);
  });
});

const cases: readonly [LabelExpression['operator'], string, readonly string[], boolean][] = [
  ['Equals', 'app', ['web'], true],
  ['DoubleEquals', 'app', ['web'], true],
  ['Equals', 'app', ['api'], false],
  ['Equals', 'gone', ['web'], false],
  ['In', 'app', ['api', 'web'], true],
  ['NotIn', 'app', ['api', 'web'], false],
  ['NotIn', 'gone', ['web'], true],
  ['NotEquals', 'app', ['api'], true],
  ['NotEquals', 'gone', ['api'], true],
  ['Exists', 'odd', [], true],
  ['Exists', 'toString', [], false],
  ['DoesNotExist', 'gone', [], true],
  ['DoesNotExist', 'app', [], false],
  ['GreaterThan', 'tier', ['2'], true],
  ['GreaterThan', 'tier', ['3'], false],
  ['LessThan', 'tier', ['4'], true],
  ['GreaterThan', 'app', ['2'], false],
  ['GreaterThan', 'odd', ['-1'], false],
  ['LessThan', 'gone', ['4'], false],
];

describe('matchesExpression', () => {
  it.each(cases)('%s %s %j: %s', (operator, key, values, expected) => {
    expect(matchesExpression(labels, { key, operator, values })).toBe(expected);
  });
});

describe('expressionFault', () => {
  it.each([
    ['Exists', ['x'], 'no value'],
    ['DoesNotExist', ['x'], 'no value'],
    ['In', [], 'at least one value'],
    ['NotIn', [], 'at least one value'],
    ['Equals', [], 'one value'],
    ['NotEquals', ['a', 'b'], 'one value'],
    ['GreaterThan', ['a'], 'one integer'],
    ['LessThan', ['1', '2'], 'one integer'],
  ] as const)('%s with %j takes %s', (operator, values, accepted) => {
    expect(expressionFault({ key: 'k', operator, values })).toBe(accepted);
  });

  it.each(cases)('%s %s %j is in order', (operator, key, values) => {
    expect(expressionFault({ key, operator, values })).toBeUndefined();
  });
});
