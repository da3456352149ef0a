import { expect, it } from '@jest/globals';
import { compileClaimPath } from '../../../src/compile/claim-path.ts';
import { createFindings } from '../../../src/compile/findings.ts';
import type { HostScope } from '../../../src/compile/providers.ts';

const steps = (value: string, delimiter?: string) => {
  const findings = createFindings();
  const scope = { findings } as unknown as HostScope;
  return { path: compileClaimPath({ value, path: 'claim' }, delimiter, scope), findings };
};

it.each<[string, string | undefined, readonly string[]]>([
  ['llms', undefined, ['llms']],
  ['llms.deepseek', undefined, ['llms', 'deepseek']],
  ['llms.deepseek', '', ['llms.deepseek']],
  ['llms/deep.seek', '/', ['llms', 'deep.seek']],
])('%s by %p', (name, delimiter, path) => {
  const result = steps(name, delimiter);
  expect(result.path).toEqual(path);
  expect(result.findings.hasErrors()).toBe(false);
});

it.each(['a..b', '.a', 'a.'])('refuses %s', (name) => {
  expect(steps(name).findings.hasErrors()).toBe(true);
});
