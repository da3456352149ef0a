// CPU of one event of a streamed answer on its way through the proxies: many streams at once, as chats are.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createCredentials } from './harness/credentials.ts';
import { freePort, start } from './harness/process.ts';
import { printTable, spreadOf, spreadText } from './harness/report.ts';
import { requireTool } from './harness/tools.ts';
import { startTarget, type Target, type TargetName } from './targets/catalog.ts';

const targetNames: readonly TargetName[] = ['bare', 'envoy-cache', 'seekgate', 'seekgate-model'];
const proxyCore = 0;
const loadCore = 1;
const streams = 200;
const eventsPerSecond = 50;

/** Prints the CPU time that a proxy takes for one event. */
export async function bench(parameters: readonly string[]): Promise<void> {
  const options = {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '5' },
    targets: { type: 'string', default: targetNames.join(',') },
  } as const;
  const { values } = parseArgs({ args: [...parameters], options });
  const chosen = values.targets.split(',');
  const names = targetNames.filter((name) => chosen.includes(name));
  // The client is this process: it must not take from the core of the proxy.
  const self = ['-a', '-p', '-c', String(loadCore), String(process.pid)];
  execFileSync(requireTool('taskset'), self, { stdio: 'ignore' });
  const scratch = mkdtempSync(join(tmpdir(), 'seekgate-bench-'));
  const running: { stop: () => Promise<void> }[] = [];
  try {
    const credentials = createCredentials();
    const [token] = await credentials.tokens(1);
    const upstreamPort = await freePort();
    const script = fileURLToPath(import.meta.resolve('./targets/sse-upstream.ts'));
    running.push(await startUpstream(script, upstreamPort, scratch));
    const around = { scratch, core: proxyCore, credentials, upstreamPort };
    const targets: Target[] = [];
    for (const name of names) targets.push(await startTarget(name, around));
    running.push(...targets);
    await compare(targets, token!, Number(values.rounds), Number(values.seconds));
  } finally {
    await Promise.all(running.map((part) => part.stop()));
    rmSync(scratch, { recursive: true, force: true });
  }
}

function startUpstream(script: string, port: number, scratch: string) {
  return start({
    command: process.execPath,
    parameters: [script, String(port)],
    core: loadCore,
    logFile: join(scratch, 'upstream.log'),
    port,
  });
}

async function compare(
  targets: readonly Target[],
  token: string,
  rounds: number,
  seconds: number,
): Promise<void> {
  const costs = new Map(targets.map((target): [Target, Sample[]] => [target, []]));
  for (let round = 0; round <= rounds; round += 1) {
    console.log(round === 0 ? 'warming up' : `round ${round} of ${rounds}`);
    for (const [target, samples] of costs) {
      const sample = await measure(target, token, seconds);
      if (round > 0) samples.push(sample);
    }
  }
  console.log(`\n${streams} streams, ${eventsPerSecond} events a second each, ${seconds} s\n`);
  const base = costs.get(targets[0]!)!;
  const head = ['proxy', 'CPU µs/event', `× ${targets[0]!.name}`, 'events/s'];
  const rows = [...costs].map(([{ name }, samples]) => [
    name,
    spreadText(spreadOf(samples.map(({ cpuMicros }) => cpuMicros))),
    spreadText(spreadOf(samples.map(({ cpuMicros }, at) => cpuMicros / base[at]!.cpuMicros)), 2),
    spreadOf(samples.map(({ perSecond }) => perSecond)).median.toFixed(0),
  ]);
  printTable(head, rows);
}

interface Sample {
  readonly cpuMicros: number;
  readonly perSecond: number;
}

async function measure(target: Target, token: string, seconds: number): Promise<Sample> {
  const readers = Array.from({ length: streams }, () => openStream(target.port, token));
  await pause(1000);
  const seen = () => readers.reduce((total, reader) => total + reader.events(), 0);
  const eventsBefore = seen();
  const cpuBefore = target.cpuMicros();
  await pause(seconds * 1000);
  const events = seen() - eventsBefore;
  const cpu = target.cpuMicros() - cpuBefore;
  for (const reader of readers) reader.close();
  await pause(300);
  if (events < (streams * eventsPerSecond * seconds) / 2) {
    throw new Error(`${target.name} passed on ${events} events only`);
  }
  return { cpuMicros: cpu / events, perSecond: events / seconds };
}

/** A client without an HTTP parser: it has to count 10,000 events a second and leave time for the upstream. */
function openStream(port: number, token: string) {
  let events = 0;
  const socket = connect(port, '127.0.0.1');
  const head = ['POST /v1/chat/completions HTTP/1.1', 'Host: bench', 'Content-Length: 2'];
  socket.write([...head, `Authorization: Bearer ${token}`, '', '{}'].join('\r\n'));
  socket.on('data', (chunk) => {
    for (let at = chunk.indexOf('data: '); at >= 0; at = chunk.indexOf('data: ', at + 6))
      events += 1;
  });
  socket.on('error', () => socket.destroy());
  return { events: () => events, close: () => socket.destroy() };
}
