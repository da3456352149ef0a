// `npm test`: builds what the integration tests need (kept under ~/.cache/seekgate), then runs every check and every test.
// The last line is `N passed, N failed`.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Counts {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numFailedTestSuites: number;
}

/** Each is a command of its own, to be run by hand when only that is wanted. */
const prerequisites = [
  ['node', 'hack/cluster/build.ts'],
  ['node', 'hack/python-venv.ts'],
  ['node', 'hack/envoy.ts'],
];
const checks = [['npm', 'run', 'check:static']];
const suites = [
  ['test/unit', 'test/golden', 'test/spec'],
  ['--runInBand', 'test/integration'],
];
/** A test that leaves something open keeps jest from ending: it is told so, rather than waited for. */
const suiteLimitMs = 45 * 60_000;

function run(command: readonly string[]): boolean {
  const [program = '', ...args] = command;
  process.stdout.write(`\n> ${command.join(' ')}\n`);
  const { status, signal } = spawnSync(program, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: suiteLimitMs,
    killSignal: 'SIGKILL',
  });
  if (signal !== null) process.stdout.write(`\n${command.join(' ')}: ended by ${signal}\n`);
  return status === 0;
}

const none: Counts = { numPassedTests: 0, numFailedTests: 0, numFailedTestSuites: 0 };

function jest(args: readonly string[], output: string): { ok: boolean; counts: Counts } {
  const ok = run([
    'node',
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    'node_modules/jest/bin/jest.js',
    '--json',
    `--outputFile=${output}`,
    ...args,
  ]);
  const counts = existsSync(output) ? (JSON.parse(readFileSync(output, 'utf8')) as Counts) : none;
  return { ok, counts };
}

const folder = mkdtempSync(join(tmpdir(), 'seekgate-test-'));
let passed = 0;
let failed = 0;
for (const command of [...prerequisites, ...checks]) {
  if (run(command)) passed += 1;
  else failed += 1;
}
for (const [index, suite] of suites.entries()) {
  const { ok, counts } = jest(suite, join(folder, `${index}.json`));
  passed += counts.numPassedTests;
  // A suite that cannot be loaded has no test that failed, and is a failure all the same.
  failed += Math.max(counts.numFailedTests, counts.numFailedTestSuites, ok ? 0 : 1);
}
rmSync(folder, { recursive: true });
process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
