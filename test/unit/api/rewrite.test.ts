import { expect, it } from '@jest/globals';
import { compileYaml, echo, toEcho, withSpec } from '../../support/resources.ts';

it.each([
  [{ pattern: { regex: 'a' }, substitution: 'b' }, []],
  [{ substitution: 'b' }, ['error MissingField spec.virtualHost.routes[0].options.regexRewrite']],
  [
    { pattern: { regex: 'a' }, replacement: 'b' },
    ['error UnknownField spec.virtualHost.routes[0].options.regexRewrite.replacement'],
  ],
])('a rewrite %j', async (regexRewrite, findings) => {
  const routes = [{ ...toEcho, options: { regexRewrite } }];
  const compiled = await compileYaml(
    echo + withSpec('VirtualService', 'web', { virtualHost: { routes } }),
  );
  expect(compiled.findings('VirtualService/web')).toEqual(findings);
});
