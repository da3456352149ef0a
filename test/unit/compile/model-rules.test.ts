import { expect, it } from '@jest/globals';
import { compileYaml, localProvider, withSpec } from '../../support/resources.ts';

const server = withSpec('Upstream', 'r1', {
  ai: { openai: { customHost: { host: 'r1.test', port: 8000 } } },
});
const route = (models: object) => ({
  routeAction: { single: { upstream: { name: 'r1' } } },
  options: { ai: { models } },
});
const compiled = (models: object) =>
  compileYaml(
    server +
      withSpec('VirtualService', 'web', {
        virtualHost: {
          options: { jwt: { providers: { kc: localProvider } } },
          routes: [route(models)],
        },
      }),
  );

it.each<[object, object | undefined]>([
  [{}, undefined],
  [{ aliases: {} }, undefined],
  [{ allowedClaim: 'llms.deepseek' }, { allowedClaim: ['llms', 'deepseek'] }],
  [{ allowedClaim: 'a.b', nestedClaimDelimiter: '' }, { allowedClaim: ['a.b'] }],
  [{ allowedClaim: 'a/b', nestedClaimDelimiter: '/' }, { allowedClaim: ['a', 'b'] }],
  [
    { aliases: { fast: 'deepseek-flash' }, default: 'fast' },
    { aliases: { fast: 'deepseek-flash' }, default: 'fast' },
  ],
])('options.ai.models %j', async (models, expected) => {
  const result = await compiled(models);
  expect(result.findings('VirtualService/web')).toEqual([]);
  expect(result.route('web').llm?.models).toEqual(expected);
  expect(result.route('web').action.kind).toBe('forward');
});

it.each(['', '.a', 'a..b'])('the claim %j is refused', async (allowedClaim) => {
  const result = await compiled({ allowedClaim });
  expect(result.findings('VirtualService/web')).toEqual([
    'error InvalidValue spec.virtualHost.routes[0].options.ai.models.allowedClaim',
  ]);
});
