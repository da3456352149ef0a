import { describe, expect, it } from '@jest/globals';
import { compileYaml, echo, toEcho, withSpec } from '../../support/resources.ts';

const compiled = (usage: object) =>
  compileYaml(
    echo +
      withSpec('VirtualService', 'web', {
        virtualHost: { routes: [{ ...toEcho, options: { ai: { usage } } }] },
      }),
  );

describe('options.ai.usage', () => {
  it.each<[object, object]>([
    [{ claim: 'org.team' }, { claim: ['org', 'team'], maxValues: 100 }],
    [
      { claim: 'https://x/team', nestedClaimDelimiter: '', maxValues: 7 },
      { claim: ['https://x/team'], maxValues: 7 },
    ],
    [
      { claim: 'org/team', nestedClaimDelimiter: '/' },
      { claim: ['org', 'team'], maxValues: 100 },
    ],
  ])('%j', async (usage, expected) => {
    const result = await compiled(usage);
    expect(result.findings('VirtualService/web')).toEqual([]);
    expect(result.route('web').llm).toEqual({ usage: expected });
  });

  it.each<[object, string]>([
    [{ claim: 'org..team' }, 'InvalidValue spec.virtualHost.routes[0].options.ai.usage.claim'],
    [{}, 'claim'],
    [{ claim: 'team', maxValues: 0 }, 'maxValues'],
  ])('refuses %j', async (usage, text) => {
    const result = await compiled(usage);
    expect(JSON.stringify(result.findings('VirtualService/web'))).toContain(text);
  });
});
