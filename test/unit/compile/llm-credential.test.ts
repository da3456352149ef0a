import { describe, expect, it } from '@jest/globals';
import { compileYaml, manifest, withSpec, type Compiled } from '../../support/resources.ts';

const inline = { authToken: { inline: 'sk-hunter2' } };
const local = { customHost: { host: 'vllm.team.svc', port: 8000 } };

async function compileAi(ai: object, more = '', fields: object = {}): Promise<Compiled> {
  return compileYaml(withSpec('Upstream', 'model', { ai, ...fields }) + more);
}

const clusterOf = (compiled: Compiled) => compiled.table.clusters['model_default'];

describe('the key', () => {
  const secretRef = { name: 'key' };
  const bySecret = { deepseek: { authToken: { secretRef } } };
  const secret = (body: object, name = 'key') => manifest('Secret', name, body);

  it.each([
    ['inline', { deepseek: inline }, ''],
    ['in a Secret as text', bySecret, secret({ stringData: { Authorization: 'sk-hunter2' } })],
    [
      'with Bearer in front',
      bySecret,
      secret({ stringData: { Authorization: 'Bearer sk-hunter2\n' } }),
    ],
    [
      'in a Secret as base64',
      bySecret,
      secret({ data: { Authorization: Buffer.from('sk-hunter2').toString('base64') } }),
    ],
  ])('%s is kept apart from the table, bare', async (_title, ai, more) => {
    const compiled = await compileAi(ai, more);
    expect(compiled.findings('Upstream/model')).toEqual([]);
    const credential = clusterOf(compiled)?.llm?.credential;
    expect(credential).toEqual({ kind: 'secret', secret: expect.stringMatching(/@[0-9a-f]{8}$/) });
    expect(Object.values(compiled.secrets)).toEqual(['sk-hunter2']);
    expect(JSON.stringify([compiled.table, compiled.outcomes])).not.toContain('hunter2');
  });

  it.each([
    ['passthrough', { deepseek: { authToken: { passthrough: {} } } }, 'passthrough'],
    ['none for a server of one’s own', { deepseek: local }, 'none'],
  ])('%s', async (_title, ai, kind) => {
    const compiled = await compileAi(ai);
    expect(clusterOf(compiled)?.llm?.credential).toEqual({ kind });
    expect(compiled.findings('Upstream/model')).toEqual([]);
  });

  const at = 'spec.ai.deepseek.authToken';

  it.each([
    ['not given', { deepseek: {} }, '', `warning MissingField ${at}`],
    ['in a Secret that is away', bySecret, '', `warning SecretNotFound ${at}.secretRef`],
    [
      'in a Secret without the entry',
      bySecret,
      secret({ stringData: { authorization: 'sk' } }),
      `warning SecretNotFound ${at}.secretRef`,
    ],
  ])('%s makes requests fail, not go without', async (_title, ai, more, finding) => {
    const compiled = await compileAi(ai, more);
    expect(compiled.findings('Upstream/model')).toEqual([finding]);
    expect(clusterOf(compiled)?.llm?.credential.kind).toBe('missing');
  });

  it.each(['sk hunter2', 'sk-hunter2\r\nx: y', 'Bearer ', 'schlüssel-hunter2'])(
    'that no header can carry is refused, and not shown: %j',
    async (text) => {
      const compiled = await compileAi({ deepseek: { authToken: { inline: text } } });
      expect(compiled.findings('Upstream/model')).toEqual([`error InvalidValue ${at}.inline`]);
      expect(JSON.stringify([compiled.table, compiled.outcomes, compiled.secrets])).not.toContain(
        'hunter2',
      );
    },
  );

  it('of another namespace is for whom Settings share it with', async () => {
    const ai = { deepseek: { authToken: { secretRef: { name: 'key', namespace: 'team' } } } };
    const key = secret({ stringData: { Authorization: 'sk' } }, 'team/key');
    const refused = await compileAi(ai, key);
    expect(refused.findings('Upstream/model')).toEqual([`error RefNotPermitted ${at}.secretRef`]);
    const shared = withSpec('Settings', 'default', { seekgate: { sharedNamespaces: ['team'] } });
    expect((await compileAi(ai, key + shared)).findings('Upstream/model')).toEqual([]);
  });

  it('that has changed makes another table', async () => {
    const versions = await Promise.all(
      ['sk-1', 'sk-2', 'sk-1'].map(async (Authorization) => {
        const compiled = await compileAi(bySecret, secret({ stringData: { Authorization } }));
        return compiled.table.version;
      }),
    );
    expect(versions[0]).not.toBe(versions[1]);
    expect(versions[0]).toBe(versions[2]);
  });
});
