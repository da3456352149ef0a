import { describe, expect, it } from '@jest/globals';

import { compileYaml, echo, toEcho, withSpec } from '../../support/resources.ts';

const model = withSpec('Upstream', 'model', {
  ai: { deepseek: { authToken: { inline: 'sk-1' } } },
});

async function shadowed(shadowing: object) {
  const virtualHost = { routes: [{ ...toEcho, options: { shadowing } }] };
  const compiled = await compileYaml(
    echo + model + withSpec('VirtualService', 'web', { virtualHost }),
  );
  const { action } = compiled.route('web');
  return {
    shadow: action.kind === 'forward' ? action.shadow : 'closed',
    found: compiled.findings('VirtualService/web'),
  };
}

const path = 'spec.virtualHost.routes[0].options.shadowing.upstream';

describe('compileShadow', () => {
  it.each([
    [
      'a share',
      { upstream: { name: 'echo' }, percentage: 0.5 },
      { cluster: 'echo_default', percent: 0.5 },
      [],
    ],
    ['none', { upstream: { name: 'echo' } }, undefined, []],
    [
      'one that is not there',
      { upstream: { name: 'x' }, percentage: 1 },
      undefined,
      [`warning UpstreamNotFound ${path}`],
    ],
    [
      'a model server',
      { upstream: { name: 'model' }, percentage: 1 },
      undefined,
      [`warning Unsupported ${path}`],
    ],
  ])('%s', async (_title, shadowing, expected, found) => {
    expect(await shadowed(shadowing)).toEqual({ shadow: expected, found });
  });
});
