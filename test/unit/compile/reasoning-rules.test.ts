import { expect, it } from '@jest/globals';
import { compileYaml, echo, toEcho, withSpec } from '../../support/resources.ts';

const compiled = (reasoning: object) =>
  compileYaml(
    echo +
      withSpec('VirtualService', 'web', {
        virtualHost: { routes: [{ ...toEcho, options: { ai: { reasoning } } }] },
      }),
  );

it.each<[object, object | undefined]>([
  [{}, undefined],
  [{ field: 'REASONING_CONTENT' }, undefined],
  [{ field: 'REASONING' }, { field: 'REASONING' }],
  [{ hide: true }, { hide: true }],
  [{ hide: false }, undefined],
  [
    { hide: true, showTo: { claim: 'realm.debug' } },
    { hide: true, showTo: { claim: ['realm', 'debug'], value: 'true' } },
  ],
  [
    { hide: true, showTo: { claim: 'https://a.b/c', nestedClaimDelimiter: '', value: 'yes' } },
    { hide: true, showTo: { claim: ['https://a.b/c'], value: 'yes' } },
  ],
])('reasoning %j', async (reasoning, rules) => {
  const result = await compiled(reasoning);
  expect(result.findings('VirtualService/web')).toEqual([]);
  expect(result.route('web').llm?.reasoning).toEqual(rules);
});

it('says that a claim without anything hidden decides nothing', async () => {
  const result = await compiled({ showTo: { claim: 'debug' } });
  expect(result.findings('VirtualService/web')).toEqual([
    'warning InvalidValue spec.virtualHost.routes[0].options.ai.reasoning.showTo',
  ]);
});
