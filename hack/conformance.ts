// `npm run conformance`: asks the embedded data plane and a real Envoy every request of the goldens, then 5,000 random ones.
// `node hack/conformance.ts [-v] STORY…`: only these stories; -v also shows what was stricter.
// `node hack/conformance.ts --random 50000 [--seed N]`: only random policies and random requests; equal seeds, equal cases.
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';

import { runConformance, type ConformanceCase } from '../test/support/conformance.ts';
import { storyNames } from '../test/support/golden-files.ts';
import { judgeMany, shownCase } from '../test/support/judge/judge-report.ts';
import { installEnvoy } from './envoy.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    verbose: { type: 'boolean', short: 'v', default: false },
    random: { type: 'string' },
    seed: { type: 'string' },
  },
});

interface Counts {
  readonly equal: number;
  readonly stricter: number;
  readonly beyond: number;
  readonly other: number;
}

const shownAtMost = 3;

installEnvoy();
const counts: Counts[] = [];
if (values.random === undefined) {
  counts.push(await goldens(positionals.length > 0 ? positionals : storyNames()));
}
if (positionals.length === 0) counts.push(await random(Number(values.random ?? 5000)));

const total = (of: (one: Counts) => number): number =>
  counts.reduce((sum, one) => sum + of(one), 0);
const other = total((one) => one.other);
const cases = total((one) => one.equal + one.stricter + one.beyond + one.other);
console.log(`
${cases} cases in all
${total(({ equal }) => equal)} equal
${total(({ stricter }) => stricter)} stricter on purpose
${total(({ beyond }) => beyond)} beyond what Envoy can do
${other} other`);
process.exitCode = other === 0 ? 0 : 1;

async function goldens(stories: readonly string[]): Promise<Counts> {
  const started = performance.now();
  const found = await runConformance(stories);
  const of = (verdict: ConformanceCase['verdict']): readonly ConformanceCase[] =>
    found.filter((one) => one.verdict === verdict);
  for (const one of found) {
    const isShown = one.verdict === 'other' || one.verdict === 'beyond';
    if (isShown || (values.verbose && one.verdict === 'stricter')) {
      const entry = one.difference === undefined ? '' : ` (${one.difference})`;
      console.log(`${one.verdict}: ${one.story}: ${one.request}${entry}\n  ${one.detail ?? ''}`);
    }
  }
  const [equal, stricter, beyond, other] = [
    of('equal').length,
    of('stricter').length,
    of('beyond').length,
    of('other').length,
  ];
  const seen = new Set(of('stricter').map(({ difference }) => difference));
  const folders = new Set(found.map(({ story }) => story)).size;
  console.log(`goldens: ${found.length} requests over ${folders} folders in ${seconds(started)} s: \
${equal} equal, ${stricter} stricter by ${seen.size} entries of docs/reference/envoy-differences.md, \
${beyond} beyond, ${other} other`);
  const unseen = of('equal').flatMap(({ difference }) =>
    difference === undefined || seen.has(difference) ? [] : [difference],
  );
  if (unseen.length > 0) {
    console.log(`shown by configurations of their own only: ${[...new Set(unseen)].join(', ')}`);
  }
  return { equal, stricter, beyond, other };
}

async function random(cases: number): Promise<Counts> {
  const started = performance.now();
  const seed = values.seed === undefined ? randomInt(1_000_000) : Number(values.seed);
  console.log(`random cases: seed ${seed}`);
  const report = await judgeMany(seed, cases);
  const { equal, stricter, other, accepted, hosts, differences, statuses } = report;
  const listed = (map: ReadonlyMap<string | number, number>): string =>
    [...map].map(([name, count]) => `${name} ${count}`).join(', ');
  console.log(`random cases: ${report.cases} over ${hosts} virtual services (${accepted} served) in ${seconds(started)} s: \
${equal} equal, ${stricter} stricter, ${other.length} other
  statuses: ${listed(statuses)}
  kinds of those that were stricter: ${listed(differences)}`);
  for (const one of other.slice(0, shownAtMost)) {
    console.log(`other, the smallest case that shows it:\n${await shownCase(one)}\n`);
  }
  return { equal, stricter, beyond: 0, other: other.length };
}

function seconds(started: number): string {
  return ((performance.now() - started) / 1000).toFixed(1);
}
