import { describe, expect, it } from '@jest/globals';
import { compileYaml, withSpec } from '../../support/resources.ts';

const answer = { directResponseAction: { status: 200 } };
const table = (name: string, ...targets: string[]) =>
  withSpec('RouteTable', name, {
    routes: [
      ...targets.map((ref) => ({ delegateAction: { ref: { name: ref } } })),
      { matchers: [{ exact: `/${name}` }], ...answer },
    ],
  });
const host = (name: string, target: string) =>
  withSpec('VirtualService', name, {
    virtualHost: { domains: [name], routes: [{ delegateAction: { ref: { name: target } } }] },
  });
const cycle = (...names: string[]) =>
  `delegation cycle detected: ${names.map((name) => `[default.${name}]`).join(' -> ')}`;

describe('a cycle of tables', () => {
  it.each([
    ['of one', table('a', 'a'), ['a', 'a']],
    ['of two', table('a', 'b') + table('b', 'a'), ['a', 'b', 'a']],
    ['of three', table('a', 'b') + table('b', 'c') + table('c', 'a'), ['a', 'b', 'c', 'a']],
  ])('%s rejects its tables and who delegates to them', async (_title, tables, names) => {
    const compiled = await compileYaml(host('web', 'a') + tables);
    expect(compiled.table.virtualHosts).toEqual({});
    for (const ref of ['VirtualService/web', 'RouteTable/a']) {
      expect(compiled.outcome(ref).state).toBe('Rejected');
      expect(compiled.outcome(ref).reason).toContain(cycle(...names));
    }
  });

  it('is not one where two ways lead to a table', async () => {
    const tables = table('a', 'b', 'c') + table('b', 'd') + table('c', 'd') + table('d');
    const compiled = await compileYaml(host('web', 'a') + tables);
    expect(compiled.outcome('VirtualService/web').state).toBe('Accepted');
    expect(compiled.host('web').routes).toHaveLength(5);
  });

  it('costs nothing where an older version of a table had none', async () => {
    const first = await compileYaml(host('web', 'a') + table('a', 'b') + table('b'));
    const closing = host('web', 'a') + table('a', 'b') + table('b', 'a');
    const second = await compileYaml(closing, { lastGood: first.accepted });
    expect(second.table).toEqual(first.table);
    expect(second.outcome('VirtualService/web').state).toBe('Accepted');
    expect(second.outcome('RouteTable/a').state).toBe('Accepted');
    expect(second.outcome('RouteTable/b')).toMatchObject({
      state: 'Rejected',
      servingLastGood: true,
    });
    const third = await compileYaml(closing, { lastGood: second.accepted });
    expect(third.table).toEqual(first.table);
  });
});
