import { setTimeout as delay } from 'node:timers/promises';
import { statusWritesOf, type FaultLab, type LabInstance } from './fault-lab.ts';
import { askGateway, untilAnswer } from './lab-client.ts';
import {
  createLabService,
  deleteLabService,
  labDomain,
  labRoute,
  labServicesPath,
} from './lab-services.ts';

/** What was seen while something happened to the API. */
export interface FaultFigures {
  readonly fault: string;
  /** How long it held. */
  readonly heldMs: number;
  /** What the gateway sent to the API meanwhile. */
  readonly requests: number;
  /** From its end to the first answer by a change that was made meanwhile, or right after it. */
  readonly enforcedMs: number;
}

const settleMs = 500;
/** What worked for that long is no longer held to be shaky: figures do not depend on what happened before. */
const quietMs = 1_500;

/** kube-apiserver is killed and comes back with what it had; something is changed at once. */
export async function killServer(lab: FaultLab, holdMs: number): Promise<FaultFigures> {
  return observe(lab, 'kube-apiserver killed', async () => {
    await lab.kube.server.kill();
    await delay(holdMs);
    await lab.kube.server.start();
    return lab.change();
  });
}

/** While the gateway is away, something changes and etcd forgets how: from where it was, nobody can go on. */
export async function compactUnderWatch(lab: FaultLab): Promise<FaultFigures> {
  return observe(lab, 'etcd compacted under the watch', async () => {
    using _down = refuseAll(lab.first, 503);
    lab.first.proxy.cut();
    const answer = await lab.change();
    await lab.kube.compact();
    // It remembers recent changes itself, and would go on from these.
    await lab.kube.server.kill();
    await lab.kube.server.start();
    return answer;
  });
}

/** Refusals in place of answers; what was watched before is cut off. */
export async function refuse(lab: FaultLab, status: number, holdMs: number): Promise<FaultFigures> {
  return observe(lab, `${status} to every request`, async () => {
    using _refused = refuseAll(lab.first, status);
    lab.first.proxy.cut();
    await delay(holdMs / 2);
    const answer = await lab.change();
    await delay(holdMs / 2);
    return answer;
  });
}

/** Watches end, again and again. */
export async function cutWatches(lab: FaultLab, times: number): Promise<FaultFigures> {
  return observe(lab, `watches cut ${times} times`, () => cutAgain(lab, times, 'cutWatches'));
}

/** All connections end, again and again. */
export async function cutConnections(lab: FaultLab, times: number): Promise<FaultFigures> {
  return observe(lab, `connections cut ${times} times`, () => cutAgain(lab, times, 'cut'));
}

async function cutAgain(lab: FaultLab, times: number, how: 'cut' | 'cutWatches'): Promise<string> {
  let answer = '';
  for (let time = 0; time < times; time += 1) {
    lab.first.proxy[how]();
    await delay(300);
    answer = await lab.change();
  }
  return answer;
}

/** Nothing comes any more, and nobody says so. */
export async function silence(lab: FaultLab): Promise<FaultFigures> {
  const happen = () => {
    lab.first.proxy.silence();
    return lab.change();
  };
  return observe(lab, 'connections dead without a word', happen, 0);
}

/** Whether a VirtualService that was made anew, and one that is gone, are seen as what they are. */
export async function recreateWhileAway(lab: FaultLab): Promise<FaultFigures> {
  const figures = await observe(lab, 'deleted and made anew meanwhile', async () => {
    using _down = refuseAll(lab.first, 503);
    lab.first.proxy.cut();
    await deleteLabService(lab.api, 1);
    await deleteLabService(lab.api, 2);
    await createLabService(lab.api, { index: 1, answer: 'made anew' });
    await delay(500);
    return lab.change();
  });
  const { url } = lab.first.gateway();
  await untilAnswer(url, 1, ({ body }) => body === 'made anew');
  await untilAnswer(url, 2, ({ status }) => status === 404);
  await createLabService(lab.api, { index: 2, answer: 'made later' });
  await untilAnswer(url, 2, ({ body }) => body === 'made later');
  return figures;
}

/** The program is killed, something changes, and it is started again; the figure is from its start. */
export async function killGateway(lab: FaultLab): Promise<FaultFigures> {
  const happen = async () => {
    await lab.first.gateway().kill();
    const answer = await lab.change();
    await delay(500);
    await lab.first.restart();
    const status = await firstStatus(lab.first);
    if (status !== 200) throw new Error(`while it starts it answers ${status}`);
    return answer;
  };
  return observe(lab, 'gateway killed and started again', happen, 0);
}

/** The namespace of a VirtualService is deleted; milliseconds from the end of the object to that of its route. */
export async function deleteNamespace(lab: FaultLab): Promise<number> {
  const [namespace, index] = ['doomed', 90];
  const gone = Promise.withResolvers<number>();
  const watch = lab.api.watch(`${labServicesPath}?watch=1`, ({ type, object }) => {
    const isIt = object.metadata.namespace === namespace;
    if (type === 'DELETED' && isIt) gone.resolve(performance.now());
  });
  await lab.api.send('POST', '/api/v1/namespaces', { metadata: { name: namespace } });
  await createLabService(lab.api, { index, answer: 'here', namespace });
  const { url } = lab.first.gateway();
  await untilAnswer(url, index, ({ body }) => body === 'here');
  await lab.api.send('DELETE', `/api/v1/namespaces/${namespace}`);
  const [objectGone, routeGone] = await Promise.all([
    gone.promise,
    untilAnswer(url, index, ({ status }) => status === 404),
  ]);
  watch.stop();
  return routeGone - objectGone;
}

/** What two gateways write for some changes, and how long it takes until the other one writes when the writer is killed. */
export async function killWriter(lab: FaultLab, other: LabInstance, changes: number) {
  const instances = [lab.first, other];
  await untilWritten(lab, instances);
  const before = instances.map(({ proxy }) => statusWritesOf(proxy.requests()));
  for (let change = 0; change < changes; change += 1) {
    const answer = await lab.change();
    await lab.enforced(other, answer);
    await delay(300);
  }
  await delay(1000);
  const writes = instances.map(
    ({ proxy }, index) => statusWritesOf(proxy.requests()) - (before[index] ?? 0),
  );
  const writer = writes[0] === 0 ? other : lab.first;
  const reader = writer === other ? lab.first : other;
  await writer.gateway().kill();
  const killed = performance.now();
  await untilWritten(lab, [reader]);
  const takenOverMs = performance.now() - killed - settleMs;
  await writer.restart();
  await writer.gateway().ready();
  return { writes: writes.toSorted((a, b) => a - b), takenOverMs };
}

/** Changes something, and waits until one of the gateways has written the status of it. */
async function untilWritten(lab: FaultLab, instances: readonly LabInstance[]): Promise<void> {
  const writes = () =>
    instances.reduce((sum, { proxy }) => sum + statusWritesOf(proxy.requests()), 0);
  const [before, end] = [writes(), performance.now() + 60_000];
  await lab.change();
  while (writes() === before) {
    if (performance.now() > end) throw new Error('no status is written within a minute');
    await delay(20);
  }
  // What is written for the same change by another one is not taken for the next.
  await delay(settleMs);
}

/** What a gateway asks of the API while nothing happens. */
export async function idle({ proxy, gateway }: LabInstance, ms: number) {
  const [from, cpuMs, end] = [proxy.requests().length, gateway().cpuMs(), performance.now() + ms];
  let connections = 0;
  while (performance.now() < end) {
    connections = Math.max(connections, proxy.connections());
    await delay(100);
  }
  const requests = proxy.requests().slice(from);
  return {
    statusWrites: statusWritesOf(requests),
    connections,
    requests: requests.length,
    cpuMs: gateway().cpuMs() - cpuMs,
  };
}

async function observe(
  lab: FaultLab,
  fault: string,
  happen: () => Promise<string>,
  quietBeforeMs = quietMs,
): Promise<FaultFigures> {
  await delay(quietBeforeMs);
  const { proxy } = lab.first;
  const [from, started] = [proxy.requests().length, performance.now()];
  const answer = await happen();
  const heldMs = performance.now() - started;
  const requests = proxy.requests().length - from;
  const enforcedMs = await lab.enforced(lab.first, answer);
  // A second change goes by the watch, the first one may have come by a list.
  await lab.enforced(lab.first, await lab.change());
  return { fault, heldMs, requests, enforcedMs };
}

function refuseAll({ proxy }: LabInstance, status: number): Disposable {
  return proxy.faults.add({ status, ...(status === 429 ? { retryAfterSeconds: 1 } : {}) });
}

/** Of the first answer that there is. */
async function firstStatus({ gateway }: LabInstance): Promise<number> {
  const end = performance.now() + 30_000;
  while (performance.now() < end) {
    const answer = await askGateway({
      url: gateway().url,
      host: labDomain(0),
      path: labRoute,
    }).catch(() => undefined);
    if (answer) return answer.status;
    await delay(1);
  }
  throw new Error('the gateway does not come back');
}
