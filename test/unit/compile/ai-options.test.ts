import { expect, it } from '@jest/globals';
import { compileYaml, echo, toEcho, withSpec } from '../../support/resources.ts';

const compiled = (ai: object) =>
  compileYaml(
    echo +
      withSpec('VirtualService', 'web', {
        virtualHost: { routes: [{ ...toEcho, options: { ai } }] },
      }),
  );

it.each<[object, object | undefined]>([
  [{}, undefined],
  [{ routeType: 'CHAT' }, undefined],
  [{ timeouts: {} }, undefined],
  [
    { timeouts: { firstToken: '0s', progress: '1.5s' } },
    { timeouts: { firstTokenMs: 0, progressMs: 1500 } },
  ],
  [{ timeouts: { progress: '2m' } }, { timeouts: { progressMs: 120_000 } }],
  [{ usage: { claim: 'team' } }, { usage: { claim: ['team'], maxValues: 100 } }],
  [{ reasoning: { field: 'AS_SENT' } }, { reasoning: { field: 'AS_SENT' } }],
])('options.ai %j', async (ai, llm) => {
  const result = await compiled(ai);
  expect(result.findings('VirtualService/web')).toEqual([]);
  expect(result.route('web').llm).toEqual(llm);
});
