import { describe, expect, it } from '@jest/globals';
import { compileYaml, manifest, withSpec } from '../../support/resources.ts';

const authToken = { inline: 'sk-1' };
const secretRef = { name: 'salt' };
const at = 'spec.ai.deepseek.isolation.secretRef';

async function compiled(isolation: object, secret: object = {}, name = 'salt') {
  const upstream = withSpec('Upstream', 'model', { ai: { deepseek: { authToken, isolation } } });
  const { table, secrets, outcomes, findings } = await compileYaml(
    upstream + manifest('Secret', name, secret),
  );
  const llm = table.clusters['model_default']?.llm;
  return {
    llm,
    secrets,
    shown: JSON.stringify([table, outcomes]),
    told: findings('Upstream/model'),
  };
}

describe('isolation', () => {
  it.each([
    [{}, { disabled: false }],
    [{ disabled: true }, { disabled: true }],
    [{ disabled: true, secretRef: { name: 'away' } }, { disabled: true }],
  ])('%j', async (isolation, expected) => {
    const { llm, told } = await compiled(isolation);
    expect(llm?.isolation).toEqual(expected);
    expect(told).toEqual([]);
  });

  it('keeps its key apart from the table', async () => {
    const { llm, secrets, shown, told } = await compiled(
      { secretRef },
      { stringData: { key: 'pepper' } },
    );
    const id = llm?.isolation?.keySecret ?? '';
    expect(id).toMatch(/key@[0-9a-f]{8}$/);
    expect(secrets[id]).toBe('pepper');
    expect(shown).not.toContain('pepper');
    expect(told).toEqual([]);
    expect(llm?.credential.kind).toBe('secret');
  });

  it.each([
    ['away', { name: 'away' }, {}, `warning SecretNotFound ${at}`],
    ['without the entry', secretRef, { stringData: { Key: 'x' } }, `warning SecretNotFound ${at}`],
    ['empty', secretRef, { stringData: { key: '' } }, `warning SecretNotFound ${at}`],
    ['of others', { name: 'salt', namespace: 'team' }, {}, `error RefNotPermitted ${at}`],
  ])('with a Secret that is %s no request is sent', async (_title, ref, secret, finding) => {
    const { llm, told } = await compiled({ secretRef: ref }, secret);
    expect(told).toEqual([finding]);
    // An Upstream in error serves nothing at all.
    expect(llm?.credential.kind ?? 'missing').toBe('missing');
  });
});
