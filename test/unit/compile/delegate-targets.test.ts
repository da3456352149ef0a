import { describe, expect, it } from '@jest/globals';
import { delegateTargets } from '../../../src/compile/delegate-targets.ts';

const asked: string[] = [];
const tableSelections = {
  get: (key: string) => {
    asked.push(key);
    return key.includes('nobody') ? '' : 'RouteTable/team/a\nRouteTable/team/b';
  },
};
const targets = (value: Parameters<typeof delegateTargets>[0]['value']) =>
  delegateTargets({ value, path: 'at' }, 'own', { tableSelections });
const table = (namespace: string, name: string) => ({ kind: 'RouteTable', namespace, name });

describe('delegateTargets', () => {
  it.each([
    [{ ref: { name: 'a' } }, [table('own', 'a')]],
    [{ ref: { name: 'a', namespace: 'team' } }, [table('team', 'a')]],
    [{ name: 'a', ref: { name: 'b' } }, [table('own', 'a')]],
    [{ name: 'a', namespace: 'team' }, [table('team', 'a')]],
    [{ selector: { labels: { app: 'x' } } }, [table('team', 'a'), table('team', 'b')]],
  ])('%j', (action, tables) => {
    expect(targets(action).tables).toEqual(tables);
  });

  it.each([
    [{}, 'cannot determine delegation target'],
    [{ selector: { labels: { app: 'nobody' } } }, 'no route table matches the given selector'],
    [
      {
        selector: { labels: { a: 'b' }, expressions: [{ key: 'a', operator: 'Exists' as const }] },
      },
      'cannot use both labels and expressions',
    ],
    [{ selector: { expressions: [{ key: 'a', operator: 3 }] } }, 'expression is invalid'],
  ])('%j leads nowhere', (action, text) => {
    const { tables, warning } = targets(action);
    expect(tables).toEqual([]);
    expect(warning?.gloo).toContain(text);
  });

  it('selects in its own namespace unless others are named', () => {
    asked.length = 0;
    targets({ selector: {} });
    targets({ selector: { namespaces: ['*'] } });
    expect(asked.map((key) => (JSON.parse(key) as { namespaces: unknown }).namespaces)).toEqual([
      ['own'],
      ['*'],
    ]);
  });
});
