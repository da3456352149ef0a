import { beforeAll, describe, expect, it } from '@jest/globals';

import { installEnvoy } from '../../hack/envoy.ts';
import { judgeMany, shownCase, type JudgeReport } from '../support/judge/judge-report.ts';

const limitMs = 240_000;
const cases = 5000;
// The same in every run, so that a failure is of the change that is tested; `npm run conformance` takes a new one each time.
const seed = Number(process.env['SEEKGATE_SEED'] ?? 2026);

// The seed is in the name of the test: `npm run conformance -- --random 5000 --seed N` makes the same cases.
describe(`random policies and random tokens, with a real Envoy as the judge (seed ${seed})`, () => {
  let report: JudgeReport;

  beforeAll(async () => {
    installEnvoy();
    report = await judgeMany(seed, cases);
  }, limitMs);

  it(
    'are answered the same, but for what is listed, and never laxer',
    async () => {
      const [first] = report.other;
      expect(first === undefined ? '' : await shownCase(first)).toBe('');
      expect(report.equal + report.stricter).toBe(cases);
    },
    limitMs,
  );

  it('are of every kind: good and bad tokens, allowed and not, routed and not', () => {
    const share = (status: number): number => (report.statuses.get(status) ?? 0) / cases;
    expect(report.accepted).toBeGreaterThan(report.hosts * 0.9);
    expect(report.equal).toBeGreaterThan(cases * 0.5);
    for (const status of [200, 401, 403]) expect(share(status)).toBeGreaterThan(0.1);
    expect(share(404)).toBeGreaterThan(0.02);
    expect(report.differences.size).toBeGreaterThan(8);
  });
});
