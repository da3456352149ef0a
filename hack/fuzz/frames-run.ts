import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

import { frameBytes } from './frame-streams.ts';
import { forkGateway } from './gateway-process.ts';
import type { GatewayState } from './gateway-child.ts';
import { caseRandom } from './random.ts';
import { startStrictUpstream } from './strict-upstream.ts';

/** What a run of frames saw. */
export interface FramesReport {
  readonly connections: number;
  readonly upstreamRequests: number;
  readonly longestMs: number;
  readonly late: GatewayState | undefined;
  readonly findings: readonly string[];
}

const limits = { headTimeoutMs: 1000, bodyIdleMs: 1000, keepAliveMs: 1000, streamIdleMs: 20_000 };
const deadlineMs = 45_000;

/** Sends mutated HTTP/2 to the streams of a data plane in a process of its own. */
export async function runFrames(run: {
  readonly connections: number;
  readonly seed: number;
  readonly only?: number;
}): Promise<FramesReport> {
  const findings: string[] = [];
  const upstream = await startStrictUpstream(({ target, headers }) => {
    const isGuarded = target.startsWith('/guarded') || headers.some(([name]) => name === 'x-sub');
    if (isGuarded || target.includes('smuggled')) findings.push(`reached the upstream: ${target}`);
    return undefined;
  });
  const gateway = await forkGateway({ upstreamPort: upstream.port, limits, timeoutMs: 30_000 });
  const [first, end] = run.only === undefined ? [0, run.connections] : [run.only, run.only + 1];
  let next = first;
  let longestMs = 0;
  const worker = async (): Promise<void> => {
    while (next < end && findings.length < 20 && gateway.exit() === undefined) {
      const index = next;
      next += 1;
      const random = caseRandom(run.seed, index);
      const started = performance.now();
      const isOver = await play(gateway.streamPort, frameBytes(random), random.chance(0.7));
      if (!isOver) findings.push(`case ${index}: the socket is open after ${deadlineMs} ms`);
      longestMs = Math.max(longestMs, performance.now() - started);
    }
  };
  await Promise.all(Array.from({ length: 50 }, worker));
  await delay(1000);
  const died = gateway.exit();
  if (died !== undefined)
    findings.push(`the gateway ended or complained near case ${next}: ${died}`);
  const late = died === undefined ? await gateway.state() : undefined;
  if (late !== undefined && late.inFlight > 0) findings.push(`${late.inFlight} still in work`);
  findings.push(...upstream.faults.slice(0, 20));
  await gateway.stop();
  await upstream.close();
  return {
    connections: next - first,
    upstreamRequests: upstream.count(),
    longestMs,
    late,
    findings,
  };
}

/** True: the connection has ended. A client that does not leave waits for the gateway to end it. */
async function play(port: number, bytes: Buffer, leaves: boolean): Promise<boolean> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const closed = new Promise<boolean>((resolve) => void socket.on('close', () => resolve(true)));
  socket.on('error', () => undefined);
  socket.resume();
  const half = Math.floor(bytes.length / 2);
  socket.write(bytes.subarray(0, half));
  await delay(1);
  socket.write(bytes.subarray(half));
  if (leaves) void delay(50).then(() => socket.end());
  const abandoned = new AbortController();
  const deadline = delay(deadlineMs, false, { signal: abandoned.signal }).catch(() => false);
  const isOver = await Promise.race([closed, deadline]);
  abandoned.abort();
  socket.destroy();
  return isOver;
}
