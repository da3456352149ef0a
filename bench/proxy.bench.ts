// CPU of one request through proxies that verify a JWT, in turn, round by round.
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createCredentials, type Credentials } from './harness/credentials.ts';
import { applyLoad, writeLoadScript, type LoadResult } from './harness/load.ts';
import { printTable, spreadOf, spreadText } from './harness/report.ts';
import { startUpstream } from './harness/upstream.ts';
import { startTarget, targetNames, type Target, type TargetName } from './targets/catalog.ts';

interface Settings {
  readonly rounds: number;
  readonly seconds: number;
  readonly connections: number;
  readonly targets: readonly TargetName[];
  readonly baseline: string;
  readonly scenarios: readonly Scenario[];
}

interface Scenario {
  readonly name: string;
  readonly title: string;
  readonly method: string;
  readonly tokens: number;
}

interface Sample extends LoadResult {
  readonly target: TargetName;
  readonly scenario: Scenario;
  readonly round: number;
  readonly cpuMicros: number;
  /** Part of the time that the core of the proxy was busy with it. */
  readonly busy: number;
}

/** With a model server behind it, the interesting part are streams: see stream.bench.ts. */
const compared = targetNames.filter((name) => name !== 'seekgate-model');
const proxyCore = 0;
const loadCore = 1;

/** Measures the proxies and prints one table for each kind of load. */
export async function bench(parameters: readonly string[]): Promise<void> {
  const settings = read(parameters);
  if (availableParallelism() < 2) throw new Error('two cores are needed: one for the proxy alone');
  const scratch = mkdtempSync(join(tmpdir(), 'seekgate-bench-'));
  const running: { stop: () => Promise<void> }[] = [];
  try {
    const credentials = createCredentials();
    const upstream = await startUpstream(scratch, loadCore);
    running.push(upstream);
    const around = { scratch, core: proxyCore, credentials, upstreamPort: upstream.port };
    const targets: Target[] = [];
    for (const name of settings.targets) {
      const target = await startTarget(name, around);
      running.push(target);
      targets.push(target);
      await checkEnforcement(target, credentials);
    }
    print(
      await measure(settings, targets, await scripts(settings, credentials, scratch)),
      settings,
    );
  } finally {
    await Promise.all(running.map((part) => part.stop()));
    rmSync(scratch, { recursive: true, force: true });
  }
}

function read(parameters: readonly string[]): Settings {
  const { values } = parseArgs({
    args: [...parameters],
    options: {
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '4' },
      connections: { type: 'string', default: '32' },
      targets: { type: 'string', default: compared.join(',') },
      baseline: { type: 'string', default: 'envoy-cache' },
      scenarios: { type: 'string', default: scenarios.map(({ name }) => name).join(',') },
    },
  });
  const chosen = values.targets.split(',');
  const loads = values.scenarios.split(',');
  return {
    rounds: Number(values.rounds),
    seconds: Number(values.seconds),
    connections: Number(values.connections),
    targets: targetNames.filter((name) => chosen.includes(name)),
    baseline: values.baseline,
    scenarios: scenarios.filter(({ name }) => loads.includes(name)),
  };
}

const scenarios: readonly Scenario[] = [
  { name: 'cached', title: 'GET, one token', method: 'GET', tokens: 1 },
  { name: 'users', title: 'POST, 1000 tokens', method: 'POST', tokens: 1000 },
  // Twice as many as any cache here keeps: taken in turn, none is ever found again.
  { name: 'uncached', title: 'GET, 20000 tokens', method: 'GET', tokens: 20_000 },
];

/** A proxy that lets everything through would be fast: each has to refuse before it is measured. */
async function checkEnforcement(target: Target, credentials: Credentials): Promise<void> {
  const [good, otherRole] = [
    ...(await credentials.tokens(1)),
    ...(await credentials.tokens(1, 'guest')),
  ];
  const forged = `${good?.slice(0, -10) ?? ''}AAAAAAAAAA`;
  const open = target.name === 'bare';
  const cases: readonly [string | undefined, number][] = [
    [good, 200],
    [undefined, open ? 200 : 401],
    [forged, open ? 200 : 401],
    [otherRole, open ? 200 : 403],
  ];
  for (const [token, expected] of cases) {
    const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
    const { status } = await fetch(`http://127.0.0.1:${target.port}/check`, { headers });
    if (status !== expected) {
      throw new Error(`${target.name} answered ${status}, not ${expected}: it is not set up right`);
    }
  }
}

async function scripts(
  settings: Settings,
  credentials: Credentials,
  scratch: string,
): Promise<ReadonlyMap<Scenario, string>> {
  const most = Math.max(...settings.scenarios.map(({ tokens }) => tokens));
  console.log(`signing ${most} tokens`);
  const tokens = await credentials.tokens(most);
  return new Map(
    settings.scenarios.map((scenario, index) => {
      const file = join(scratch, `load-${index}.lua`);
      writeLoadScript(file, scenario.method, tokens.slice(0, scenario.tokens));
      return [scenario, file];
    }),
  );
}

async function measure(
  settings: Settings,
  targets: readonly Target[],
  files: ReadonlyMap<Scenario, string>,
): Promise<readonly Sample[]> {
  const turns = [...files].flatMap(([scenario, script]) =>
    targets.map((target) => ({ scenario, script, target })),
  );
  const samples: Sample[] = [];
  for (let round = 0; round <= settings.rounds; round += 1) {
    // Round 0 warms up and is not counted.
    console.log(round === 0 ? 'warming up' : `round ${round} of ${settings.rounds}`);
    for (const { scenario, script, target } of turns) {
      const sample = await measureOne(settings, target, script);
      if (round > 0) samples.push({ ...sample, target: target.name, scenario, round });
    }
  }
  return samples;
}

async function measureOne(settings: Settings, target: Target, script: string) {
  const { connections, seconds } = settings;
  const load = { port: target.port, script, connections, core: loadCore };
  await applyLoad({ ...load, seconds: 1 });
  const before = target.cpuMicros();
  const result = await applyLoad({ ...load, seconds });
  const used = target.cpuMicros() - before;
  return { ...result, cpuMicros: used / result.requests, busy: used / (seconds * 1e6) };
}

function print(samples: readonly Sample[], settings: Settings): void {
  const machine = `${cpus()[0]?.model ?? 'unknown'}, ${availableParallelism()} cores`;
  console.log(
    `\n${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}, ${machine}`,
  );
  console.log(
    `${settings.rounds} rounds of ${settings.seconds} s, ${settings.connections} connections\n`,
  );
  const head = [
    'proxy',
    'CPU µs/request',
    `× ${settings.baseline}`,
    'requests/s',
    'p50 ms',
    'p99 ms',
    'busy',
  ];
  for (const scenario of settings.scenarios) {
    console.log(`### ${scenario.title}\n`);
    const ofScenario = samples.filter((sample) => sample.scenario === scenario);
    printTable(
      head,
      settings.targets.map((name) => row(name, ofScenario, settings.baseline)),
    );
  }
}

function row(name: TargetName, samples: readonly Sample[], baseline: string): string[] {
  const own = samples.filter((sample) => sample.target === name);
  const median = (pick: (sample: Sample) => number) => spreadOf(own.map(pick)).median;
  // Within a round, so that what else the machine did in that round weighs on both.
  const ratios = own.flatMap((sample) => {
    const base = samples.find(({ target, round }) => target === baseline && round === sample.round);
    return base ? [sample.cpuMicros / base.cpuMicros] : [];
  });
  return [
    name,
    spreadText(spreadOf(own.map(({ cpuMicros }) => cpuMicros))),
    ratios.length > 0 ? spreadText(spreadOf(ratios), 2) : '–',
    median(({ perSecond }) => perSecond).toFixed(0),
    median(({ p50Ms }) => p50Ms).toFixed(2),
    median(({ p99Ms }) => p99Ms).toFixed(2),
    `${(median(({ busy }) => busy) * 100).toFixed(0)} %`,
  ];
}
