import { describe, expect, it } from '@jest/globals';
import { globSync, readFileSync } from 'node:fs';
import { compileYaml, echo, localProvider, toEcho, withSpec } from '../../support/resources.ts';

const web = withSpec('VirtualService', 'web', {
  virtualHost: {
    options: {
      jwt: { providers: { kc: localProvider } },
      rbac: { policies: { p: { principals: [{ jwtPrincipal: { claims: { a: 'b' } } }] } } },
    },
    routes: [toEcho],
  },
});

describe('compile', () => {
  it('makes nothing of nothing', async () => {
    const { table, secrets, outcomes } = await compileYaml('');
    expect(table).toMatchObject({ listeners: [], virtualHosts: {}, clusters: {}, keySets: {} });
    expect([secrets, outcomes]).toEqual([{}, []]);
  });

  it('gives equal results for equal input, whatever the last good versions are', async () => {
    const first = await compileYaml(echo + web);
    const second = await compileYaml(echo + web, { lastGood: first.accepted });
    expect(second.table).toEqual(first.table);
    expect(second.outcomes).toEqual(first.outcomes);
  });

  it('gives a table that is frozen to its leaves, and plain', async () => {
    const { table } = await compileYaml(echo + web);
    const provider = table.virtualHosts['default.web']?.providers['kc'];
    expect(Object.isFrozen(table) && Object.isFrozen(provider?.sources)).toBe(true);
    expect(structuredClone(table)).toEqual(table);
    expect(JSON.parse(JSON.stringify(table))).toEqual(table);
  });

  it('gives another version for another table only', async () => {
    const version = async (text: string) => (await compileYaml(text)).table.version;
    const first = await version(echo + web);
    expect(await version(`# a comment\n${echo}${web}`)).toBe(first);
    expect(await version(echo + web.replace('issuer.test', 'other.test'))).not.toBe(first);
  });

  it('accepts what it says it accepts: the next compile gets it as last good', async () => {
    const { accepted } = await compileYaml(echo + web + withSpec('Upstream', 'bad', { static: 5 }));
    expect([...accepted.keys()].sort()).toEqual([
      'Upstream/default/echo',
      'VirtualService/default/web',
    ]);
  });
});

describe('every manifest of the project', () => {
  // Tables, status and requests of a golden story are no manifests, and one story is about kinds that there are not.
  const files = globSync('{examples,test/integration/manifests,test/golden}/**/*.yaml').filter(
    (file) => !/(?:table|status|requests|xds)\.yaml$|unknown-fields/.test(file),
  );

  it.each(files)('%s makes the compiler stumble nowhere', async (file) => {
    const compiled = await compileYaml(readFileSync(file, 'utf8'));
    const reasons = compiled.outcomes.flatMap(({ findings }) =>
      findings.map(({ reason }) => reason),
    );
    expect(compiled.outcomes.length).toBeGreaterThan(0);
    expect(reasons).not.toContain('InternalError');
  });
});
