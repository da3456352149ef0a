// `npm run conformance`: asks the embedded data plane and a real Envoy every request of the goldens, and counts.
// `node hack/conformance.ts [-v] [STORY…]`: only these stories; -v also shows what was stricter.
import { parseArgs } from 'node:util';

import { runConformance, type ConformanceCase } from '../test/support/conformance.ts';
import { storyNames } from '../test/support/golden-files.ts';
import { installEnvoy } from './envoy.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { verbose: { type: 'boolean', short: 'v', default: false } },
});

installEnvoy();
const started = performance.now();
const cases = await runConformance(positionals.length > 0 ? positionals : storyNames());
const of = (verdict: ConformanceCase['verdict']): readonly ConformanceCase[] =>
  cases.filter((one) => one.verdict === verdict);

for (const one of cases) {
  const isShown = one.verdict === 'other' || one.verdict === 'beyond';
  if (isShown || (values.verbose && one.verdict === 'stricter')) {
    const entry = one.difference === undefined ? '' : ` (${one.difference})`;
    console.log(`${one.verdict}: ${one.story}: ${one.request}${entry}\n  ${one.detail ?? ''}`);
  }
}
const seen = new Set(of('stricter').map(({ difference }) => difference));
const unseen = new Set(
  of('equal').flatMap(({ difference }) =>
    difference === undefined || seen.has(difference) ? [] : [difference],
  ),
);
const stories = new Set(cases.map(({ story }) => story)).size;
const seconds = ((performance.now() - started) / 1000).toFixed(1);
console.log(`
${cases.length} cases of ${stories} stories in ${seconds} s
${of('equal').length} equal
${of('stricter').length} stricter on purpose, ${seen.size} entries of docs/reference/envoy-differences.md
${of('beyond').length} beyond what Envoy can do
${of('other').length} other`);
if (unseen.size > 0) {
  console.log(
    `differences that this configuration of Envoy does not show: ${[...unseen].join(', ')}`,
  );
}
process.exitCode = of('other').length === 0 ? 0 : 1;
