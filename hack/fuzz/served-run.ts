import { Agent, request as httpRequest } from 'node:http';

import { systemClock } from '../../src/base/clock.ts';
import { createLogger } from '../../src/base/log.ts';
import { createMetrics } from '../../src/dataplane/metrics.ts';
import { prepareProgram, type ProgramParts } from '../../src/dataplane/program.ts';
import { createDataPlane } from '../../src/dataplane/server.ts';
import type { RoutingTable } from '../../src/ir/table.ts';
import { prepareStage } from '../../src/jwt/authenticate.ts';
import {
  cluster,
  emptyTable,
  listener,
  route,
  table,
  virtualHost,
} from '../../test/support/gateway.ts';
import { caseRandom, type Random } from './random.ts';
import { startStrictUpstream, type SeenRequest } from './strict-upstream.ts';
import { createLab, type TokenLab } from './token-lab.ts';
import { goodToken, mutatedToken } from './token-mutations.ts';
import { judge, type Opinion } from './token-oracle.ts';
import { claimMappings, type World } from './token-worlds.ts';

/** What a run of tokens through the whole data plane saw. */
export interface ServedReport {
  readonly asked: number;
  /** By status. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly findings: readonly ServedFinding[];
}

interface ServedFinding {
  readonly problem: string;
  readonly case: number;
  readonly world: string;
  readonly kind: string;
  readonly place: string;
  readonly token: string;
  readonly status: number;
  readonly oracle: string;
  readonly upstream: readonly (readonly [string, string])[];
}

/** Sends tokens in requests to a data plane, a host for each world, and looks at what reaches the upstream. */
export async function runServed(run: {
  readonly count: number;
  readonly seed: number;
  readonly only?: number;
}): Promise<ServedReport> {
  const lab = await createLab();
  const upstream = await startStrictUpstream();
  const parts: ProgramParts = {
    localAddresses: 'on',
    prepareStage: (stage, providers) => prepareStage(stage, providers, lab.engine),
  };
  const dataPlane = createDataPlane({
    program: prepareProgram(emptyTable, {}, parts),
    address: '127.0.0.1',
    logger: createLogger('error'),
    metrics: createMetrics(),
    clock: systemClock,
  });
  await dataPlane.swap(prepareProgram(tableOf(lab, upstream.port), {}, parts));
  const agent = new Agent({ keepAlive: true });
  const statuses: Record<string, number> = {};
  const findings: ServedFinding[] = [];
  const [first, end] = run.only === undefined ? [0, run.count] : [run.only, run.only + 1];
  for (let index = first; index < end && findings.length < 20; index += 1) {
    lab.setTime(index);
    const sent = composed(lab, caseRandom(run.seed, index));
    const status = await ask(agent, dataPlane.ports()['default'] ?? 0, sent);
    statuses[status] = (statuses[status] ?? 0) + 1;
    const nowSeconds = Math.floor(lab.engine.clock.now() / 1000);
    const opinion = await judge(sent.read, sent.world, nowSeconds);
    const [seen] = upstream.take('127.0.0.1');
    for (const problem of faultsOf({ sent, status, opinion, seen })) {
      findings.push({
        problem,
        case: index,
        world: sent.world.name,
        kind: sent.kind,
        place: sent.place,
        token: sent.text,
        status,
        oracle: opinion.provider ?? opinion.why,
        upstream: seen?.headers ?? [],
      });
    }
  }
  agent.destroy();
  await dataPlane.drain({ acceptMs: 0, graceMs: 0 });
  await upstream.close();
  lab.engine.close();
  return { asked: Object.values(statuses).reduce((sum, one) => sum + one, 0), statuses, findings };
}

const hostOf = (world: World): string => `${world.name.toLowerCase().replaceAll('_', '-')}.test`;

function tableOf(lab: TokenLab, upstreamPort: number): RoutingTable {
  const hosts = lab.worlds.map(({ world, stage, providers }) =>
    virtualHost({
      name: world.name,
      domains: [hostOf(world)],
      routes: [route({ jwt: { afterExtAuth: stage } })],
      providers,
      claimHeaders: claimMappings.flatMap(({ header, append }) => (append ? [] : [header])),
    }),
  );
  const [first] = hosts;
  if (first === undefined) return emptyTable;
  return {
    ...table(first, [cluster(upstreamPort)]),
    listeners: [listener({ virtualHosts: hosts.map(({ name }) => name) })],
    virtualHosts: Object.fromEntries(hosts.map((host) => [host.name, host])),
    keySets: lab.keySets,
  };
}

interface Sent {
  readonly world: World;
  readonly kind: string;
  readonly text: string;
  readonly place: 'custom' | 'bearer' | 'query';
  /** What of the text arrives as the token. */
  readonly read: string;
}

/** Only the query carries any character; of a header, the white space around its value does not count. */
function composed(lab: TokenLab, random: Random): Sent {
  const world = random.pick(lab.chooser);
  const nowSeconds = Math.floor(lab.engine.clock.now() / 1000);
  const made = random.chance(0.05)
    ? { kind: 'unchanged', text: goodToken(world, random, nowSeconds) }
    : mutatedToken(world, random, nowSeconds);
  const text = made.text.slice(0, 15_000).toWellFormed();
  const fitsHeader = /^[\t\x20-\x7e\x80-\xff]*$/.test(text);
  const wanted = random.pick(['custom', 'bearer', 'query'] as const);
  const place = fitsHeader ? wanted : 'query';
  const trimmed = text.replaceAll(/^[ \t]+|[ \t]+$/g, '');
  const read = { query: text, custom: trimmed, bearer: trimmed.replace(/^[^\w.-]+/, '') }[place];
  return { world, kind: made.kind, text, place, read };
}

/** Headers that only a verified token may write, in two spellings, and one that may be added to. */
const spoofs = ['X-Role', 'spoofed', 'X_Sub', 'spoofed', 'x-exp', 'spoofed', 'X-Name', 'kept'];

function ask(agent: Agent, port: number, { world, text, place }: Sent): Promise<number> {
  const headers = ['Host', hostOf(world), ...spoofs];
  if (place === 'custom') headers.push('X-Token', text);
  if (place === 'bearer') headers.push('Authorization', `Bearer ${text}`);
  const path = place === 'query' ? `/?access_token=${encodeURIComponent(text)}&a=b` : '/';
  return new Promise((resolve, reject) => {
    const call = httpRequest({ agent, port, host: '127.0.0.1', path, headers });
    call.on('error', reject);
    call.on('response', (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
      response.on('error', reject);
    });
    call.end();
  });
}

interface Served {
  readonly sent: Sent;
  readonly status: number;
  readonly opinion: Opinion;
  readonly seen: SeenRequest | undefined;
}

function faultsOf({ sent, status, opinion, seen }: Served): readonly string[] {
  const { validation } = sent.world;
  if (status === 414 || status === 431) return seen === undefined ? [] : ['served and refused'];
  const isGood = opinion.provider !== undefined;
  const isMissing = sent.place === 'bearer' && sent.read === '';
  const goesOn =
    isGood ||
    validation === 'ALLOW_MISSING_OR_FAILED' ||
    (validation === 'ALLOW_MISSING' && isMissing);
  if (!goesOn) {
    const isRefused = (status === 401 || status === 403) && seen === undefined;
    return isRefused ? [] : ['a bad token went on'];
  }
  if (status !== 200 || seen === undefined) return ['a good token was refused'];
  return headerFaults(seen, isGood ? opinion.claims : {}, isGood || !isMissing);
}

const others = new Set([
  'host',
  'connection',
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-request-id',
]);
const written = new Map<string, string>(claimMappings.map(({ header, claim }) => [header, claim]));

/** Nothing is there but what every request has, and what the claims say; never what the client wrote in their place. */
function headerFaults(
  seen: SeenRequest,
  claims: Readonly<Record<string, unknown>>,
  isRemoved: boolean,
): readonly string[] {
  const faults = seen.headers.flatMap(([name, value]) => {
    if (value === 'spoofed') return [`spoofed ${name}`];
    if (name === 'x-name' || others.has(name)) return [];
    if (name === 'authorization' || name === 'x-token') return isRemoved ? [`${name} is left`] : [];
    const claim = written.get(name);
    if (claim === undefined) return [`another header: ${name}`];
    const said =
      Object.hasOwn(claims, claim.split('.', 1)[0] ?? '') || Object.hasOwn(claims, claim);
    return said ? [] : [`${name} without its claim`];
  });
  const { sub } = claims;
  const value = seen.headers.find(([name]) => name === 'x-sub')?.[1];
  const text = typeof sub === 'string' ? Buffer.from(sub).toString('latin1') : '';
  const isClean =
    text !== '' && !Array.from(text).some((one) => (one < ' ' && one !== '\t') || one === '\u007f');
  const expected = isClean ? text.replaceAll(/^[ \t]+|[ \t]+$/g, '') : undefined;
  if (value !== expected && !(expected === '' && value === '')) faults.push('another sub');
  if (/access_token/.test(seen.target) && isRemoved) faults.push('the token is left in the query');
  return faults;
}
