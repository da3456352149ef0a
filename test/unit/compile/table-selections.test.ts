import { describe, expect, it } from '@jest/globals';
import { createTableSelections } from '../../../src/compile/table-selections.ts';
import { compileYaml, resourcesOf, withSpec } from '../../support/resources.ts';

const table = (name: string, labels: Record<string, string>, spec: object = { routes: [] }) =>
  withSpec('RouteTable', name, spec, { labels });
const key = (selector: object) =>
  JSON.stringify({ namespaces: ['default'], labels: {}, expressions: [], ...selector });

describe('tables by their labels', () => {
  const text = table('b', { app: 'x' }) + table('a', { app: 'x' }) + table('team/c', { app: 'y' });
  const { get } = createTableSelections(resourcesOf(text), new Map());

  it.each([
    [{}, ['default/a', 'default/b']],
    [{ namespaces: ['team'] }, ['team/c']],
    [{ namespaces: ['*'] }, ['default/a', 'default/b', 'team/c']],
    [{ namespaces: ['*'], labels: { app: 'y' } }, ['team/c']],
    [{ labels: { app: 'y' } }, []],
    [{ expressions: [{ key: 'app', operator: 'NotIn', values: ['x'] }] }, []],
  ])('%j', (selector, expected) => {
    const found = (get(key(selector)) ?? '').split('\n').filter(Boolean);
    expect(found).toEqual(expected.map((name) => `RouteTable/${name}`));
  });

  it('counts the last good version of one that cannot be read', async () => {
    const { accepted } = await compileYaml(table('a', { app: 'x' }));
    const broken = resourcesOf(table('a', { app: 'y' }, { routes: 1 }));
    expect(createTableSelections(broken, accepted).get(key({ labels: { app: 'x' } }))).toBe(
      'RouteTable/default/a',
    );
    expect(createTableSelections(broken, new Map()).get(key({}))).toBe('');
  });
});
