// What may happen to a cluster, at full length and under steady traffic: what the gateway asks of the API meanwhile, and how soon
// it is up to date again. Ends with an error when a request failed.
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startFaultLab, type FaultLab, type LabInstance } from '../test/support/fault-lab.ts';
import {
  compactUnderWatch,
  cutConnections,
  cutWatches,
  deleteNamespace,
  idle,
  killGateway,
  killServer,
  killWriter,
  recreateWhileAway,
  refuse,
  silence,
  type FaultFigures,
} from '../test/support/fault-story.ts';
import { printTable } from './harness/report.ts';

/** Prints the figures. */
export async function bench(parameters: readonly string[]): Promise<void> {
  const options = {
    down: { type: 'string', default: '120' },
    refused: { type: 'string', default: '60' },
    idle: { type: 'string', default: '600' },
  } as const;
  const { values } = parseArgs({ args: [...parameters], options });
  const main = resolve(import.meta.dirname, '../dist/main.js');
  const lab = await startFaultLab({ main });
  try {
    const refusedMs = Number(values.refused) * 1000;
    await faults(lab, [
      () => killServer(lab, Number(values.down) * 1000),
      () => compactUnderWatch(lab),
      ...[429, 403, 503].map((status) => () => refuse(lab, status, refusedMs)),
      () => cutWatches(lab, 10),
      () => cutConnections(lab, 10),
      () => recreateWhileAway(lab),
      () => silence(lab),
    ]);
    console.log(
      `namespace deleted: its route gone after ${(await deleteNamespace(lab)).toFixed(0)} ms`,
    );
    const other = await lab.another();
    await twoGateways(lab, other);
    await reportIdle(lab.first, Number(values.idle));
  } finally {
    await lab.stop();
  }
}

async function faults(
  lab: FaultLab,
  stories: readonly (() => Promise<FaultFigures>)[],
): Promise<void> {
  const head = ['what happened', 'for', 'requests to the API', 'a minute', 'then enforced in'];
  const rows: string[][] = [];
  const traffic = lab.traffic(lab.first);
  for (const story of stories) {
    const { fault, heldMs, requests, enforcedMs } = await story();
    console.log(`${fault}: done`);
    const perMinute = ((requests * 60_000) / heldMs).toFixed(0);
    const [held, enforced] = [heldMs, enforcedMs].map((ms) => `${(ms / 1000).toFixed(1)} s`);
    rows.push([fault, held ?? '', `${requests}`, perMinute, enforced ?? '']);
  }
  await traffic.stop();
  console.log('');
  printTable(head, rows);
  reportTraffic(traffic);
}

async function twoGateways(lab: FaultLab, other: LabInstance): Promise<void> {
  const { writes, takenOverMs } = await killWriter(lab, other, 20);
  console.log(`two gateways, 20 changes: ${writes.join(' and ')} status writes`);
  console.log(`writer killed: the other one writes after ${(takenOverMs / 1000).toFixed(1)} s`);
  const spared = lab.traffic(other);
  const killed = lab.traffic(lab.first, true);
  const { enforcedMs } = await killGateway(lab);
  await Promise.all([killed.stop(), spared.stop()]);
  console.log(
    `gateway killed: ${enforcedMs.toFixed(0)} ms after its first answer it is up to date`,
  );
  reportTraffic(killed);
  reportTraffic(spared);
}

async function reportIdle(instance: LabInstance, seconds: number): Promise<void> {
  await pause(20_000);
  const { statusWrites, connections, requests, cpuMs } = await idle(instance, seconds * 1000);
  console.log(
    `idle for ${seconds} s: ${statusWrites} status writes, ${requests} requests, ` +
      `at most ${connections} connections, ${cpuMs} ms CPU`,
  );
}

function reportTraffic({ sent, failures }: ReturnType<FaultLab['traffic']>): void {
  const failed = Object.entries(failures()).map(([what, times]) => `${times} × ${what}`);
  console.log(`traffic: ${sent()} requests, failed: ${failed.join(', ') || 'none'}`);
  if (failed.length > 0) process.exitCode = 1;
}
