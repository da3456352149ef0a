import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

import { claimsOf, forkGateway, tokenOf } from './gateway-process.ts';
import type { GatewayState } from './gateway-child.ts';
import { readAnswers } from './http-answers.ts';
import { clientScript, type ClientScript } from './http-messages.ts';
import { faultsOf } from './http-oracle.ts';
import { readRequests, type Reading } from './http-reading.ts';
import { caseRandom } from './random.ts';
import { startStrictUpstream, type StrictUpstream } from './strict-upstream.ts';

/** How much of what is to be done. */
export interface HttpRun {
  readonly connections: number;
  readonly seed: number;
  /** Only this case. */
  readonly only?: number;
  /** Connections at the same time. Default 50. */
  readonly parallel?: number;
  readonly progress?: (done: number) => void;
}

/** Something that must not be. */
interface HttpFinding {
  readonly problem: string;
  readonly case: number;
  readonly kinds: readonly string[];
  readonly ending: string;
  readonly bytes: string;
  readonly cuts: readonly number[];
  readonly answers: readonly number[];
  readonly received: string;
  readonly openMs: number;
}

/** What a run saw. */
export interface HttpReport {
  readonly connections: number;
  readonly seconds: number;
  /** Complete requests that the upstream saw. */
  readonly upstreamRequests: number;
  /** Connections whose bytes a strict reader could read to their end, and the others. */
  readonly tails: Readonly<Record<string, number>>;
  readonly statuses: Readonly<Record<string, number>>;
  /** Milliseconds the slowest connection was open. */
  readonly longestMs: number;
  /** Resident memory in MB at each eighth of the run. */
  readonly rssMb: readonly number[];
  /** After the run, when all connections are closed. */
  readonly late: GatewayState;
  readonly findings: readonly HttpFinding[];
}

const limits = { headTimeoutMs: 1000, bodyIdleMs: 1000, keepAliveMs: 1000, streamIdleMs: 20_000 };
/** The limits, two rounds of looking for what is over them, and a busy machine. */
const deadlineMs = 45_000;
const findingLimit = 20;
/** How long a client waits for more when nothing is sure to come. */
const patienceMs = 60;

const subject = 'fuzz';
/** Throws connections at a data plane in a process of its own. */
export async function runHttp(run: HttpRun): Promise<HttpReport> {
  const upstream = await startStrictUpstream();
  const gateway = await forkGateway({
    upstreamPort: upstream.port,
    limits,
    timeoutMs: 30_000,
  });
  const tally: Tally = {
    findings: [],
    tails: {},
    statuses: {},
    longestMs: 0,
    done: 0,
    rssMb: [],
  };
  const lab = { run, upstream, port: gateway.port, token: tokenOf(claimsOf(subject)), tally };
  const started = performance.now();
  const [first, end] = run.only === undefined ? [0, run.connections] : [run.only, run.only + 1];
  let next = first;
  const worker = async (): Promise<void> => {
    while (next < end && tally.findings.length < findingLimit && gateway.exit() === undefined) {
      const index = next;
      next += 1;
      await runConnection(lab, index);
      tally.done += 1;
      if (tally.done % Math.ceil((end - first) / 8) === 0 && gateway.exit() === undefined) {
        tally.rssMb.push(Math.round((await gateway.state()).rssBytes / 2 ** 20));
      }
      if (tally.done % 1000 === 0) run.progress?.(tally.done);
    }
  };
  await Promise.all(Array.from({ length: run.parallel ?? 50 }, worker));
  const seconds = (performance.now() - started) / 1000;
  const findings = [
    ...tally.findings,
    ...upstream.faults.slice(0, findingLimit).map((fault) => findingOf(`upstream: ${fault}`)),
  ];
  const died = gateway.exit();
  if (died !== undefined) findings.push(findingOf(`the gateway ended or complained: ${died}`));
  const none = { rssBytes: 0, heapBytes: 0, handles: 0, files: 0, inFlight: 0 };
  const late = died === undefined ? await settled(gateway.state) : none;
  if (late.inFlight > 0) findings.push(findingOf(`${late.inFlight} requests are still in work`));
  await gateway.stop();
  await upstream.close();
  const { tails, statuses, longestMs, done } = tally;
  return {
    connections: done,
    seconds,
    upstreamRequests: upstream.count(),
    tails,
    statuses,
    longestMs,
    rssMb: tally.rssMb,
    late,
    findings,
  };
}

/** When the last sockets are gone, or have had the time. */
async function settled(state: () => Promise<GatewayState>): Promise<GatewayState> {
  await delay(2 * limits.keepAliveMs);
  let last = await state();
  for (let round = 0; round < 20 && last.inFlight > 0; round += 1) {
    await delay(500);
    last = await state();
  }
  return last;
}

interface Tally {
  readonly findings: HttpFinding[];
  readonly tails: Record<string, number>;
  readonly statuses: Record<string, number>;
  longestMs: number;
  done: number;
  readonly rssMb: number[];
}

interface Lab {
  readonly run: HttpRun;
  readonly upstream: StrictUpstream;
  readonly port: number;
  readonly token: string;
  readonly tally: Tally;
}

/** Each connection has an address of its own, by which the upstream knows it whatever becomes of its headers. */
function addressOf(index: number): string {
  return `127.${1 + ((index >> 16) & 0x7f)}.${(index >> 8) & 0xff}.${index & 0xff}`;
}

async function runConnection(
  { run, upstream, port, token, tally }: Lab,
  index: number,
): Promise<void> {
  const script = clientScript(caseRandom(run.seed, index), token);
  const reading = readRequests(script.bytes);
  const methods = reading.requests.map(({ method }) => method);
  const client = new Client(port, addressOf(index), script, reading, methods);
  const { bytes, left, hung, openMs } = await client.run();
  tally.longestMs = Math.max(tally.longestMs, openMs);
  tally.tails[reading.tail] = (tally.tails[reading.tail] ?? 0) + 1;
  const answers = readAnswers(bytes, methods, true);
  for (const { status } of answers.answers)
    tally.statuses[status] = (tally.statuses[status] ?? 0) + 1;
  const seen = upstream.take(addressOf(index));
  const problems = faultsOf({ reading, answers, seen, left, goodToken: token, subject });
  const all = hung ? [...problems, `the socket is open after ${deadlineMs} ms`] : problems;
  for (const problem of all) {
    const received = bytes.toString('latin1');
    const statuses = answers.answers.map(({ status }) => status);
    tally.findings.push(findingOf(problem, { index, script, statuses, received, openMs }));
  }
}

interface Played {
  readonly index: number;
  readonly script: ClientScript;
  readonly statuses: readonly number[];
  readonly received: string;
  readonly openMs: number;
}

function findingOf(problem: string, played?: Played): HttpFinding {
  return {
    problem,
    case: played?.index ?? -1,
    kinds: played?.script.kinds ?? [],
    ending: played?.script.ending ?? '',
    bytes: played?.script.bytes.toString('latin1') ?? '',
    cuts: played?.script.cuts ?? [],
    answers: played?.statuses ?? [],
    received: played?.received ?? '',
    openMs: played?.openMs ?? 0,
  };
}

interface ClientResult {
  readonly bytes: Buffer;
  readonly left: boolean;
  readonly hung: boolean;
  readonly openMs: number;
}

class Client {
  readonly #port: number;
  readonly #address: string;
  readonly #script: ClientScript;
  readonly #methods: readonly string[];
  /** Answers after which nothing more can come. */
  readonly #expected: number;
  readonly #chunks: Buffer[] = [];
  #left = false;

  constructor(
    port: number,
    address: string,
    script: ClientScript,
    reading: Reading,
    methods: readonly string[],
  ) {
    this.#port = port;
    this.#address = address;
    this.#script = script;
    this.#methods = methods;
    this.#expected = reading.tail === 'clean' ? reading.requests.length : Number.POSITIVE_INFINITY;
  }

  async run(): Promise<ClientResult> {
    const started = performance.now();
    const socket = connect({
      port: this.#port,
      host: '127.0.0.1',
      localAddress: this.#address,
      noDelay: true,
    });
    const closed = new Promise<boolean>((resolve) => void socket.on('close', () => resolve(false)));
    // A reset overtakes what was answered: the kernel throws away what was not read yet.
    socket.on('error', () => (this.#left = true));
    socket.on('data', (chunk: Buffer) => this.#chunks.push(chunk));
    const abandoned = new AbortController();
    const deadline = delay(deadlineMs, true, { signal: abandoned.signal }).catch(() => false);
    void this.#play(socket);
    const hung = await Promise.race([closed, deadline]);
    abandoned.abort();
    socket.destroy();
    return {
      bytes: Buffer.concat(this.#chunks),
      left: this.#left,
      hung,
      openMs: performance.now() - started,
    };
  }

  async #play(socket: Socket): Promise<void> {
    const { bytes, cuts, ending } = this.#script;
    let from = 0;
    for (const cut of [...cuts, bytes.length]) {
      if (cut > from) socket.write(bytes.subarray(from, cut));
      from = Math.max(from, cut);
      if (cut < bytes.length) await delay(1);
      if (socket.destroyed) return;
    }
    if (ending === 'stay') return;
    if (ending === 'end' || ending === 'reset') {
      this.#left = true;
      if (ending === 'end') socket.end();
      else socket.resetAndDestroy();
      return;
    }
    await this.#answered(socket);
    if (socket.destroyed) return;
    if (this.#expected === Number.POSITIVE_INFINITY) this.#left = true;
    socket.end();
  }

  /** All answers are there, or for a while nothing came. */
  async #answered(socket: Socket): Promise<void> {
    for (let quiet = 0, size = -1; quiet < patienceMs && !socket.destroyed; quiet += 5) {
      const bytes = Buffer.concat(this.#chunks);
      if (readAnswers(bytes, this.#methods, false).answers.length >= this.#expected) return;
      // Where an answer is sure to come, it is waited for.
      if (bytes.length !== size || this.#expected < Number.POSITIVE_INFINITY) quiet = 0;
      size = bytes.length;
      await delay(5);
    }
  }
}
