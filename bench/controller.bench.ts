// A cluster of many VirtualServices: how soon a change is enforced, and what it costs. One cluster and one gateway per size.
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { ControllerProcess } from '../test/support/controller-process.ts';
import { createKubeRequests } from '../test/support/kube-request.ts';
import { startKubeProxy } from '../test/support/kube-proxy.ts';
import { createLabService, patchLabService } from '../test/support/lab-services.ts';
import { untilAnswer } from '../test/support/lab-client.ts';
import { startClusterLab, type ClusterLab } from './harness/cluster-lab.ts';
import { glooFigures, type ControllerFigures } from './harness/gloo-figures.ts';
import { printTable } from './harness/report.ts';
import { watchStatus, type StatusWatch } from './harness/status-watch.ts';

const creators = 16;
const starts = 3;
/** For what is still written, compiled or collected after something was measured. */
const settleMs = 3000;

/** Prints the table, for each number of VirtualServices. */
export async function bench(parameters: readonly string[]): Promise<void> {
  const options = {
    sizes: { type: 'string', default: '100,500,1000,2000' },
    changes: { type: 'string', default: '100' },
    idle: { type: 'string', default: '0' },
  } as const;
  const { values } = parseArgs({ args: [...parameters], options });
  const rows: string[][] = [];
  for (const size of values.sizes.split(',').map(Number)) {
    console.log(`${size} VirtualServices`);
    const figures = await measure(size, Number(values.changes), Number(values.idle));
    rows.push(rowOf(size, 'seekgate', figures));
    const gloo = glooFigures.get(size);
    if (gloo) rows.push(rowOf(size, 'Gloo + Envoy, measured on such a machine', gloo));
  }
  console.log('');
  printTable(head, rows);
}

async function measure(
  size: number,
  changes: number,
  idleSeconds: number,
): Promise<ControllerFigures> {
  const lab = await startClusterLab();
  const status = watchStatus(lab.api);
  try {
    const gateway = await lab.gateway();
    await gateway.ready();
    const statuses = await applyAll(lab, status, size);
    await pause(settleMs);
    const rssMb = gateway.rssMb();
    const enforced = await changeAndAsk({ lab, gateway, size, changes });
    await pause(settleMs);
    const cost = await changeOnly({ lab, gateway, status, size, changes });
    const rssAfterChangesMb = gateway.rssMb();
    await gateway.stop();
    const started = await startAgain(lab);
    if (idleSeconds > 0) await idle(lab, idleSeconds);
    return { ...enforced, ...cost, ...statuses, rssMb, rssAfterChangesMb, ...started };
  } finally {
    status.stop();
    await lab.stop();
  }
}

/** Creates all of them while the gateway runs; seconds until the last of them says that it is programmed. */
async function applyAll(lab: ClusterLab, status: StatusWatch, size: number) {
  const programmed = status.untilProgrammed(size);
  const first = performance.now();
  let next = 0;
  const creator = async () => {
    for (let index = next++; index < size; index = next++) {
      await createLabService(lab.api, { index, answer: 'new' });
    }
  };
  await Promise.all(Array.from({ length: creators }, creator));
  const last = performance.now();
  const late = pause(120_000, undefined, { ref: false });
  const end = await Promise.race([programmed, late]);
  if (end === undefined) throw new Error('two minutes later not all of them are programmed');
  const statusesS = Math.max(0, end - last) / 1000;
  console.log(`  all created in ${((last - first) / 1000).toFixed(1)} s`);
  return { statusesS, statusesFromFirstS: (end - first) / 1000 };
}

interface Changes {
  readonly lab: ClusterLab;
  readonly gateway: ControllerProcess;
  readonly size: number;
  readonly changes: number;
}

/** One change after the other, each asked for until it is enforced. */
async function changeAndAsk({ lab, gateway, size, changes }: Changes) {
  const times: number[] = [];
  for (let change = 0; change < changes; change += 1) {
    const index = serviceOf(change, size);
    const answer = `asked ${change}`;
    const sent = performance.now();
    // The first right answer may come before that of the API.
    const [enforced] = await Promise.all([
      untilAnswer(gateway.url, index, ({ body }) => body === answer),
      patchLabService(lab.api, { index, answer }),
    ]);
    times.push(enforced - sent);
    // Not in step with anything.
    await pause(100 + Math.random() * 300);
  }
  const sorted = times.toSorted((a, b) => a - b);
  const at = (part: number) => sorted[Math.ceil(sorted.length * part) - 1] ?? Number.NaN;
  return { p50Ms: at(0.5), p99Ms: at(0.99), worstMs: at(1) };
}

/** Two changes a second and no requests: all of the CPU time is that of the changes. */
async function changeOnly(options: Changes & { readonly status: StatusWatch }) {
  const { lab, gateway, status, size, changes } = options;
  const [cpuMs, writes] = [gateway.cpuMs(), status.statusWrites()];
  for (let change = 0; change < changes; change += 1) {
    const next = pause(500);
    const index = serviceOf(change, size);
    await patchLabService(lab.api, { index, answer: `changed ${change}` });
    await next;
  }
  await pause(settleMs);
  return {
    cpuMs: (gateway.cpuMs() - cpuMs) / changes,
    statusWrites: (status.statusWrites() - writes) / changes,
  };
}

/** Another one each time, all over the list. */
function serviceOf(change: number, size: number): number {
  return (change * 37) % size;
}

/** Middle of some starts, on all the VirtualServices that there are. */
async function startAgain(lab: ClusterLab) {
  const serving: number[] = [];
  const ready: number[] = [];
  for (let round = 0; round < starts; round += 1) {
    const started = performance.now();
    const gateway = await lab.gateway();
    const answered = untilAnswer(gateway.url, 0, ({ status }) => status === 200, 60_000);
    const [first, readyMs] = await Promise.all([answered, gateway.ready()]);
    serving.push(first - started);
    ready.push(readyMs);
    await gateway.stop();
  }
  const middle = (values: readonly number[]) =>
    (values.toSorted((a, b) => a - b)[Math.floor(starts / 2)] ?? Number.NaN) / 1000;
  return { servingS: middle(serving), readyS: middle(ready) };
}

/** What a gateway asks of the API while nothing happens. */
async function idle(lab: ClusterLab, seconds: number): Promise<void> {
  const proxy = await startKubeProxy(lab.kube.kubeconfig);
  // The API ends a watch after half an hour, and a bench may take longer: it has one of its own here.
  const api = createKubeRequests(lab.kube.kubeconfig);
  const status = watchStatus(api);
  try {
    const gateway = await lab.gateway(proxy.kubeconfigOf(lab.kubeconfig));
    await gateway.ready();
    await pause(20_000);
    const [cpuMs, writes, sent] = [gateway.cpuMs(), status.statusWrites(), proxy.requests().length];
    let connections = 0;
    for (let second = 0; second < seconds; second += 1) {
      await pause(1000);
      connections = Math.max(connections, proxy.connections());
    }
    const requests = proxy.requests().slice(sent);
    const kinds = Object.groupBy(requests, ({ verb, resource }) => `${verb} ${resource}`);
    const text = Object.entries(kinds).map(([kind, some]) => `${some?.length} × ${kind}`);
    console.log(
      `  idle for ${seconds} s: ${status.statusWrites() - writes} status writes, at most ${connections} connections, ` +
        `${(gateway.cpuMs() - cpuMs).toFixed(0)} ms CPU, ${requests.length} requests (${text.join(', ')})`,
    );
    await gateway.stop();
  } finally {
    status.stop();
    api.close();
    await proxy.stop();
  }
}

const head = [
  'VirtualServices',
  'gateway',
  'changed → enforced p50',
  'p99',
  'worst',
  'status writes per change',
  'CPU per change',
  'all statuses after the last create',
  'after the first',
  'RSS',
  'after the changes',
  'start → first answer',
  '→ ready',
];

function rowOf(size: number, name: string, figures: ControllerFigures): string[] {
  const text = (value: number | undefined, unit: string, digits = 0) =>
    value === undefined ? '' : `${value.toFixed(digits)} ${unit}`.trim();
  return [
    `${size}`,
    name,
    text(figures.p50Ms, 'ms'),
    text(figures.p99Ms, 'ms'),
    text(figures.worstMs, 'ms'),
    text(figures.statusWrites, '', 2),
    text(figures.cpuMs, 'ms'),
    text(figures.statusesS, 's', 1),
    text(figures.statusesFromFirstS, 's', 1),
    text(figures.rssMb, 'MB'),
    text(figures.rssAfterChangesMb, 'MB'),
    text(figures.servingS, 's', 1),
    text(figures.readyS, 's', 1),
  ];
}
