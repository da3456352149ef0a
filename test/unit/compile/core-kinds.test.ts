import { describe, expect, it } from '@jest/globals';
import { compileYaml, manifest, withSpec } from '../../support/resources.ts';

const model = withSpec('Upstream', 'model', {
  ai: { deepseek: { authToken: { secretRef: { name: 'key' } } } },
});
const key = manifest('Secret', 'key', { stringData: { Authorization: 'sk-1' } });

describe('coreKindsPass', () => {
  it('keeps a Secret whose newest version cannot be read', async () => {
    const first = await compileYaml(model + key);
    const broken = manifest('Secret', 'key', { stringData: { Authorization: 5 } });
    const second = await compileYaml(model + broken, { lastGood: first.accepted });
    expect(second.secrets).toEqual(first.secrets);
    expect(second.outcome('Upstream/model').state).toBe('Accepted');
  });

  it('forgets one that is gone', async () => {
    const first = await compileYaml(model + key);
    const second = await compileYaml(model, { lastGood: first.accepted });
    expect(second.secrets).toEqual({});
    expect(second.findings('Upstream/model')).toEqual([
      'warning SecretNotFound spec.ai.deepseek.authToken.secretRef',
    ]);
    const third = await compileYaml(model + key, { lastGood: second.accepted });
    expect(third.table).toEqual(first.table);
  });

  it('takes no notice of a slice that belongs to no Service', async () => {
    const slice = manifest('EndpointSlice', 'stray', { addressType: 'IPv4' });
    const up = withSpec('Upstream', 'up', { kube: { serviceName: 'stray', servicePort: 80 } });
    expect((await compileYaml(slice + up)).table.clusters['up_default']?.endpoints).toEqual([]);
  });
});
