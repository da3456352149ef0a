// Many streams at once, for long, on one core: memory has to stay flat. Then calls that are aborted at any moment: nothing may be
// left of them. Ends with an error where it is otherwise.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { audience, createCredentials, issuer, type Credentials } from './harness/credentials.ts';
import { readMetrics, sumOf, type Metrics } from './harness/gateway-metrics.ts';
import { callModel, type ModelCall } from './harness/model-client.ts';
import { freePort, start, type Running } from './harness/process.ts';
import { printTable } from './harness/report.ts';
import { requireTool } from './harness/tools.ts';

const gatewayCore = 0;
const loadCore = 1;
/** Of an account; calls beyond it wait. */
const waitingRoom = 2000;
const mebi = 1024 * 1024;
/** What memory may grow by from one third of the time to the last and still be flat. */
const flat = { share: 0.05, bytes: 8 * mebi };

interface Plan {
  readonly streams: number;
  readonly seconds: number;
  readonly warmUp: number;
  readonly rate: number;
  readonly aborts: number;
}

/** Runs both parts and prints the figures. */
export async function bench(parameters: readonly string[]): Promise<void> {
  const options = {
    streams: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '600' },
    'warm-up': { type: 'string', default: '120' },
    rate: { type: 'string', default: '5' },
    aborts: { type: 'string', default: '10000' },
  } as const;
  const { values } = parseArgs({ args: [...parameters], options });
  const plan: Plan = {
    streams: Number(values.streams),
    seconds: Number(values.seconds),
    warmUp: Number(values['warm-up']),
    rate: Number(values.rate),
    aborts: Number(values.aborts),
  };
  // The client is this process: it must not take from the core of the gateway.
  const self = ['-a', '-p', '-c', String(loadCore), String(process.pid)];
  execFileSync(requireTool('taskset'), self, { stdio: 'ignore' });
  const scratch = mkdtempSync(join(tmpdir(), 'seekgate-soak-'));
  const lab = await startLab(plan, scratch);
  try {
    await abortCalls(lab, plan, 500);
    const before = await readMetrics(lab.adminPort);
    await soak(lab, plan);
    await expectNothingLeft(lab, before);
    await abortCalls(lab, plan, plan.aborts);
    await expectNothingLeft(lab, before);
  } finally {
    await Promise.all(lab.running.map((part) => part.stop()));
    rmSync(scratch, { recursive: true, force: true });
  }
}

interface Lab {
  readonly port: number;
  readonly adminPort: number;
  readonly upstreamPort: number;
  readonly tokens: readonly string[];
  readonly gateway: Running;
  readonly running: readonly Running[];
}

async function startLab({ streams, rate }: Plan, scratch: string): Promise<Lab> {
  const [port, adminPort, upstreamPort] = [await freePort(), await freePort(), await freePort()];
  const credentials = createCredentials();
  const folder = join(scratch, 'manifests');
  mkdirSync(folder);
  const resources = manifests(credentials, upstreamPort, streams);
  writeFileSync(
    join(folder, 'soak.yaml'),
    resources.map((one) => JSON.stringify(one)).join('\n---\n'),
  );
  const script = fileURLToPath(import.meta.resolve('./targets/talking-upstream.ts'));
  const upstream = await start({
    command: process.execPath,
    parameters: [script, String(upstreamPort), String(rate)],
    core: loadCore,
    logFile: join(scratch, 'upstream.log'),
    port: upstreamPort,
  });
  const main = fileURLToPath(import.meta.resolve('../src/main.ts'));
  const flags = `--bind 127.0.0.1 --http-port ${port} --admin-port ${adminPort} --access-log off`;
  const gateway = await start({
    command: process.execPath,
    parameters: [main, 'run', '--files', folder, ...flags.split(' ')],
    core: gatewayCore,
    logFile: join(scratch, 'gateway.log'),
    port,
  });
  const tokens = await credentials.tokens(50);
  return { port, adminPort, upstreamPort, tokens, gateway, running: [gateway, upstream] };
}

function manifests({ jwks }: Credentials, upstreamPort: number, limit: number): readonly object[] {
  const key = JSON.stringify(jwks);
  const provider = { issuer, audiences: [audience], jwks: { local: { key } } };
  const concurrency = { limit, maxWaiting: waitingRoom, maxWait: '60s', account: 'soak' };
  const server = {
    authToken: { inline: 'sk-0123456789abcdef0123456789abcdef' },
    customHost: { host: '127.0.0.1', port: upstreamPort },
    engine: 'DEEPSEEK',
    concurrency,
  };
  return [
    {
      apiVersion: 'gateway.solo.io/v1',
      kind: 'VirtualService',
      metadata: { name: 'soak' },
      spec: {
        virtualHost: {
          options: { jwt: { providers: { bench: provider } } },
          routes: [
            {
              matchers: [{ prefix: '/' }],
              routeAction: { single: { upstream: { name: 'model' } } },
            },
          ],
        },
      },
    },
    {
      apiVersion: 'gloo.solo.io/v1',
      kind: 'Upstream',
      metadata: { name: 'model' },
      spec: { ai: { deepseek: server } },
    },
  ];
}

interface Sample {
  readonly second: number;
  readonly rss: number;
  readonly heap: number;
  readonly external: number;
  readonly inFlight: number;
  readonly cpuMicros: number;
}

/** Streams of half a minute and more, each followed by another; one in ten is aborted. */
async function soak(lab: Lab, { streams, seconds, warmUp, rate }: Plan): Promise<void> {
  console.log(`${streams} streams of ${rate} events a second, ${seconds} s after ${warmUp} s\n`);
  const talkers = Array.from({ length: streams }, (_, index) => talker(lab, index, rate));
  const samples: Sample[] = [];
  const started = performance.now();
  const total = warmUp + seconds;
  for (let second = 0; second < total;) {
    await pause(1000);
    second = Math.round((performance.now() - started) / 1000);
    const sample = sampleOf(lab, await readMetrics(lab.adminPort), second);
    if (second > warmUp) samples.push(sample);
    if (second % 30 === 0) console.log(lineOf(sample));
  }
  const counts = talkers.map((one) => one.stop());
  const ended = counts.reduce((sum, { whole }) => sum + whole, 0);
  console.log(`\nstreams that ended whole: ${ended}\n`);
  const broken = counts.flatMap(({ failures }) => [...failures]);
  if (broken.length > 0) {
    const statuses = Map.groupBy(broken, ([status]) => status);
    const told = Array.from(statuses, ([status, all]) => {
      return `${all.reduce((sum, [, count]) => sum + count, 0)} with status ${status || 'none'}`;
    });
    const metrics = await readMetrics(lab.adminPort);
    const kinds = [...metrics].filter(([name]) => name.startsWith('seekgate_upstream_failures'));
    console.log(kinds.map(([name, count]) => `${name} ${count}`).join('\n'));
    throw new Error(`streams were broken or refused: ${told.join(', ')}`);
  }
  reportMemory(samples);
}

function talker({ port, tokens }: Lab, index: number, rate: number) {
  const state: { isOver: boolean; call?: ModelCall } = { isOver: false };
  const failures = new Map<string, number>();
  const counts = { whole: 0, failures };
  const run = async (): Promise<void> => {
    // Not all at once, as users do not come all at once.
    await pause(Math.random() * 5000);
    for (let turn = 0; !state.isOver; turn += 1) {
      const seconds = 20 + Math.random() * 40;
      const token = tokens[index % tokens.length]!;
      const call = callModel({ port, token, tokens: Math.ceil(seconds * rate), stream: true });
      state.call = call;
      const isAborted = turn % 10 === 9;
      if (isAborted) setTimeout(call.abort, Math.random() * 20_000);
      const { isWhole, status } = await call.ended;
      if (isWhole) counts.whole += 1;
      else if (!isAborted && !state.isOver) failures.set(status, (failures.get(status) ?? 0) + 1);
    }
  };
  void run();
  return {
    stop: () => {
      state.isOver = true;
      state.call?.abort();
      return counts;
    },
  };
}

function sampleOf({ gateway }: Lab, metrics: Metrics, second: number): Sample {
  return {
    second,
    rss: sumOf(metrics, 'process_resident_memory_bytes'),
    heap: sumOf(metrics, 'nodejs_heap_size_used_bytes'),
    external: sumOf(metrics, 'nodejs_external_memory_bytes'),
    inFlight: sumOf(metrics, 'seekgate_requests_in_flight'),
    cpuMicros: gateway.cpuMicros(),
  };
}

const mib = (bytes: number): string => (bytes / mebi).toFixed(1);

function lineOf({ second, rss, heap, external, inFlight }: Sample): string {
  return `${second} s: ${inFlight} in flight, RSS ${mib(rss)}, heap ${mib(heap)}, external ${mib(external)} MiB`;
}

/** The heap by its floor, as what waits for the collector is no leak; the rest by its mean. */
function reportMemory(samples: readonly Sample[]): void {
  const third = Math.floor(samples.length / 3);
  const parts = [samples.slice(0, third), samples.slice(third, -third), samples.slice(-third)];
  const floor = (part: readonly Sample[]) => Math.min(...part.map(({ heap }) => heap));
  const mean = (part: readonly Sample[]) =>
    part.reduce((sum, { rss }) => sum + rss, 0) / part.length;
  const rows = [
    ['RSS, mean (MiB)', ...parts.map((part) => mib(mean(part)))],
    ['heap, floor (MiB)', ...parts.map((part) => mib(floor(part)))],
    ['one core in use (%)', ...parts.map((part) => share(part).toFixed(0))],
  ];
  printTable(['', 'first third', 'second', 'last'], rows);
  const [first, , last] = parts;
  for (const measure of [mean, floor]) {
    const [from, to] = [measure(first!), measure(last!)];
    if (to - from > Math.max(from * flat.share, flat.bytes)) {
      throw new Error(`memory grew from ${mib(from)} to ${mib(to)} MiB`);
    }
  }
}

function share(part: readonly Sample[]): number {
  const [from, to] = [part[0], part.at(-1)];
  if (from === undefined || to === undefined) return 0;
  return (to.cpuMicros - from.cpuMicros) / 10_000 / Math.max(1, to.second - from.second);
}

/** Calls that are aborted before, while and after they are answered, streaming and not; some wait for their account. */
async function abortCalls(lab: Lab, { streams }: Plan, count: number): Promise<void> {
  const started = performance.now();
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let turn = next++; turn < count; turn = next++) {
      const token = lab.tokens[turn % lab.tokens.length]!;
      const { port } = lab;
      const call = callModel({ port, token, tokens: 1000, stream: turn % 3 !== 0 });
      await pause(Math.random() * 500);
      call.abort();
      await call.ended;
    }
  };
  await Promise.all(Array.from({ length: streams + 100 }, worker));
  const seconds = (performance.now() - started) / 1000;
  console.log(`${count} calls aborted in ${seconds.toFixed(1)} s`);
}

const settleMs = 20_000;

/** As many sockets, timers and slots as before; what is closing has a moment. */
async function expectNothingLeft(lab: Lab, before: Metrics): Promise<void> {
  const deadline = performance.now() + settleMs;
  let left: string[] = [];
  do {
    await pause(500);
    left = await leftOver(lab, before);
  } while (left.length > 0 && performance.now() < deadline);
  if (left.length > 0) throw new Error(`left over: ${left.join(', ')}`);
  console.log(
    'nothing left: requests, slots, waiting calls, sockets, timers, requests of the server\n',
  );
}

async function leftOver({ adminPort, upstreamPort }: Lab, before: Metrics): Promise<string[]> {
  const now = await readMetrics(adminPort);
  const answer = await fetch(`http://127.0.0.1:${upstreamPort}/counts`);
  const { opened, closed } = (await answer.json()) as { opened: number; closed: number };
  const gauges = [
    ['requests in flight', sumOf(now, 'seekgate_requests_in_flight')],
    ['requests of the account', sumOf(now, 'seekgate_account_requests')],
    ['requests of the server', opened - closed],
  ] as const;
  const resources = ['TCPSocketWrap', 'Timeout'].map((type) => {
    const name = 'nodejs_active_resources';
    const grown = sumOf(now, name, `"${type}"`) - sumOf(before, name, `"${type}"`);
    // The reader of the metrics itself comes and goes.
    return [type, Math.max(0, grown - 2)] as const;
  });
  return [...gauges, ...resources].flatMap(([what, count]) =>
    count === 0 ? [] : [`${count} ${what}`],
  );
}
