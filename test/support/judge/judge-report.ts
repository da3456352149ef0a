import { judgeRandom, type Judged, type JudgeRun } from './judge.ts';
import { smallestCase } from './smallest-case.ts';

/** Cases of one run; more are made of more runs, each with virtual services of its own. */
const casesOfARun = 5000;

/** What a number of random cases came to. */
export interface JudgeReport {
  readonly seeds: readonly number[];
  readonly cases: number;
  readonly equal: number;
  readonly stricter: number;
  readonly other: readonly Judged[];
  /** Of virtual services, those that were not rejected. */
  readonly accepted: number;
  readonly hosts: number;
  /** How often each entry of the list of differences was needed. */
  readonly differences: ReadonlyMap<string, number>;
  /** How often this gateway gave each status. */
  readonly statuses: ReadonlyMap<number, number>;
}

/** Judges so many random cases; `seed` and the numbers after it make them. */
export async function judgeMany(seed: number, cases: number): Promise<JudgeReport> {
  const runs: JudgeRun[] = [];
  for (let left = cases; left > 0; left -= casesOfARun) {
    runs.push(await judgeRandom(seed + runs.length, Math.min(left, casesOfARun)));
  }
  const judged = runs.flatMap((run) => run.judged);
  const ofKind = (kind: Judged['kind']): readonly Judged[] =>
    judged.filter((one) => one.kind === kind);
  return {
    seeds: runs.map((run) => run.seed),
    cases: judged.length,
    equal: ofKind('equal').length,
    stricter: ofKind('stricter').length,
    other: ofKind('other'),
    accepted: sum(runs.map(({ accepted }) => accepted)),
    hosts: sum(runs.map(({ hosts }) => hosts)),
    differences: counted(ofKind('stricter').flatMap((one) => one.differences)),
    statuses: counted(judged.map(({ ours }) => ours.status)),
  };
}

/** A case in the form in which somebody can look into it. */
export async function shownCase(judged: Judged): Promise<string> {
  const { one, ours, theirs, differences } = await smallestCase(judged);
  return [
    JSON.stringify(one.spec, undefined, 1),
    `request  ${JSON.stringify(one.request)}`,
    `seekgate ${JSON.stringify(ours)}`,
    `Envoy    ${JSON.stringify(theirs)}`,
    `of kinds ${differences.join(', ') || 'none'}`,
  ].join('\n');
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

function counted<T>(values: readonly T[]): ReadonlyMap<T, number> {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return new Map([...counts].sort(([, a], [, b]) => b - a));
}
