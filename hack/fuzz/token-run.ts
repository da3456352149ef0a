import { validateHeaderValue } from 'node:http';

import type { RbacRule } from '../../src/ir/rbac.ts';
import { prepareStage, type PreparedStage, type StageVerdict } from '../../src/jwt/authenticate.ts';
import { prepareRbac } from '../../src/rbac/authorize.ts';
import { request } from '../../test/support/jwt-stage.ts';
import { caseRandom, type Random } from './random.ts';
import { createLab, type TokenLab } from './token-lab.ts';
import { goodToken, mutatedToken, type MadeToken } from './token-mutations.ts';
import { judge, type Opinion } from './token-oracle.ts';
import { claimMappings, type World } from './token-worlds.ts';

/** How much of what is to be done. */
export interface TokenRun {
  readonly count: number;
  readonly seed: number;
  /** Only this case. */
  readonly only?: number;
  /** Told now and then. */
  readonly progress?: (done: number) => void;
}

/** Something that must not be. */
interface TokenFinding {
  readonly problem: string;
  readonly case: number;
  readonly world: string;
  readonly kind: string;
  readonly place: string;
  readonly token: string;
  readonly nowSeconds: number;
  readonly verdict: string;
  readonly oracle: string;
}

/** What a run saw. */
export interface TokenReport {
  readonly cases: number;
  readonly refused: number;
  /** Mutations that are good tokens by the oracle too, and were taken. */
  readonly accepted: number;
  /** Tokens nobody changed, all taken. */
  readonly unchanged: number;
  readonly kinds: Readonly<Record<string, number>>;
  readonly answers: Readonly<Record<string, number>>;
  /** Time of refusals in milliseconds: over all, and by world. */
  readonly refusals: Percentiles;
  readonly slowestWorlds: readonly (readonly [string, Percentiles])[];
  readonly findings: readonly TokenFinding[];
}

/** Of times in milliseconds. */
interface Percentiles {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

const findingLimit = 20;

/** Throws `count` tokens at the engine, each at a moment of its own. */
export async function runTokens(run: TokenRun): Promise<TokenReport> {
  const lab = await createLab();
  const stages = new Map(
    lab.worlds.map(({ world, stage, providers }) => [
      world,
      prepareStage(stage, providers, lab.engine),
    ]),
  );
  const tally = new Tally();
  const [first, end] = run.only === undefined ? [0, run.count] : [run.only, run.only + 1];
  for (let index = first; index < end && tally.findings.length < findingLimit; index += 1) {
    lab.setTime(index);
    await runCase({ ...lab, stages }, tally, index, caseRandom(run.seed, index));
    if (index % 10_000 === 9999) run.progress?.(index + 1);
  }
  lab.engine.close();
  return tally.report();
}

interface StagedLab extends TokenLab {
  readonly stages: ReadonlyMap<World, PreparedStage>;
}

/** Where a token is put; what the gateway takes out there is said again in {@link oracleText}. */
const requests = {
  custom: (text: string) => request({ 'x-token': text }),
  bearer: (text: string) => request({ authorization: `Bearer ${text}` }),
  query: (text: string) => request({}, { access_token: text }),
} as const;
type Place = keyof typeof requests;

async function runCase(lab: StagedLab, tally: Tally, index: number, random: Random): Promise<void> {
  const world = random.pick(lab.chooser);
  const nowSeconds = Math.floor(lab.engine.clock.now() / 1000);
  const isUnchanged = random.chance(0.02);
  const made: MadeToken = isUnchanged
    ? { kind: 'unchanged', text: goodToken(world, random, nowSeconds) }
    : mutatedToken(world, random, nowSeconds);
  const place: Place = random.pick(['custom', 'custom', 'custom', 'bearer', 'query'] as const);
  const seen = { index, world, made, place, nowSeconds };
  const opinion = await judge(oracleText(made.text, place), world, nowSeconds);
  const verdict = await authenticate(lab, tally, seen);
  if (verdict === undefined) return;
  tally.count(made.kind, answerOf(verdict));
  check(tally, seen, verdict, opinion);
  // Once more: what is remembered of a token must not change the answer.
  if (random.chance(0.1)) {
    const again = await authenticate(lab, tally, seen);
    if (again && answerOf(again) !== answerOf(verdict))
      tally.find('another answer', seen, again, opinion);
  }
}

interface Seen {
  readonly index: number;
  readonly world: World;
  readonly made: MadeToken;
  readonly place: Place;
  readonly nowSeconds: number;
}

/** Behind a prefix, what cannot begin a token is skipped. */
function oracleText(text: string, place: Place): string {
  return place === 'bearer' ? text.replace(/^[^\w.-]+/, '') : text;
}

async function authenticate(
  lab: StagedLab,
  tally: Tally,
  seen: Seen,
): Promise<StageVerdict | undefined> {
  const asked = requests[seen.place](seen.made.text);
  const stage = lab.stages.get(seen.world)!;
  try {
    const started = performance.now();
    const outcome = stage.authenticate(asked);
    const ms = performance.now() - started;
    const verdict = await outcome;
    if (verdict.kind !== 'verified') tally.time(seen.world.name, ms);
    return verdict;
  } catch (error) {
    tally.find(`threw ${String(error)}`, seen);
    return undefined;
  }
}

function answerOf(verdict: StageVerdict): string {
  if (verdict.kind === 'verified') return `verified by ${verdict.identity.provider}`;
  return verdict.kind === 'denied' ? `${verdict.status} ${verdict.body}` : 'anonymous';
}

function check(tally: Tally, seen: Seen, verdict: StageVerdict, opinion: Opinion): void {
  const find = (problem: string): void => tally.find(problem, seen, verdict, opinion);
  if (verdict.kind !== 'verified') {
    if (opinion.provider !== undefined) find('a good token was refused');
    if (verdict.kind === 'anonymous' && seen.world.validation === 'REQUIRE_VALID') find('let in');
    return;
  }
  const { identity } = verdict;
  if (opinion.provider === undefined) find('a bad token was accepted');
  else if (opinion.provider !== identity.provider) find('by another provider');
  else if (!isSame(identity.claims, opinion.claims)) find('other claims');
  const names = new Set<string>(claimMappings.map(({ header }) => header));
  for (const { name, value } of identity.headers) {
    if (!names.has(name) || !isHarmless(name, value)) find(`header ${name}`);
  }
  const fault = authorizationFault(identity.claims);
  if (fault !== undefined) find(fault);
}

function isHarmless(name: string, value: string): boolean {
  try {
    validateHeaderValue(name, value);
  } catch {
    return false;
  }
  return !Array.from(value).some(
    (one) => (one < ' ' && one !== '\t') || one === '\u007f' || one > 'ÿ',
  );
}

/** Equal as JSON; an integer beyond 2^53 is a bigint on one side and rounded on the other. */
function isSame(ours: unknown, theirs: unknown): boolean {
  if (typeof ours === 'bigint') return Number(ours) === theirs;
  if (typeof ours !== 'object' || ours === null) return Object.is(ours, theirs);
  if (typeof theirs !== 'object' || theirs === null) return false;
  const [mine, others] = [Object.entries(ours), Object.entries(theirs)];
  return (
    Array.isArray(ours) === Array.isArray(theirs) &&
    mine.length === others.length &&
    mine.every(
      ([name, value]) =>
        Object.hasOwn(theirs, name) &&
        isSame(value, Object.getOwnPropertyDescriptor(theirs, name)?.value),
    )
  );
}

type Claims = Readonly<Record<string, unknown>>;
const own = (claims: Claims, name: string): unknown =>
  Object.hasOwn(claims, name) ? claims[name] : undefined;

/** Rules, and what each of them says in the words of this file. */
const rules: readonly (readonly [
  RbacRule['policies'][number]['principals'][number]['claims'][number],
  (claims: Claims) => boolean,
])[] = [
  [
    { path: ['role'], matcher: 'EXACT_STRING', value: 'admin' },
    (claims) => own(claims, 'role') === 'admin',
  ],
  [{ path: ['flag'], matcher: 'BOOLEAN', value: 'true' }, (claims) => own(claims, 'flag') === true],
  [
    { path: ['roles'], matcher: 'LIST_CONTAINS', value: 'admin' },
    (claims) => {
      const roles = own(claims, 'roles');
      return Array.isArray(roles) && roles.some((role) => role === 'admin');
    },
  ],
  [
    { path: ['sub'], matcher: 'REGEX_MATCH', value: 'user [0-9]+|' },
    (claims) => {
      const sub = own(claims, 'sub');
      return typeof sub === 'string' && /^(?:user [0-9]+)?$/.test(sub);
    },
  ],
  [
    { path: ['deep', 'er'], matcher: 'EXACT_STRING', value: 'admin' },
    (claims) => {
      const deep = own(claims, 'deep');
      const isObject = typeof deep === 'object' && deep !== null && !Array.isArray(deep);
      return isObject && own(deep as Claims, 'er') === 'admin';
    },
  ],
  [{ path: ['constructor', 'name'], matcher: 'EXACT_STRING', value: 'Object' }, () => false],
];

const prepared = rules.map(([claim, says]) => ({
  name: `${claim.matcher} of ${claim.path.join('.')}`,
  says,
  rule: prepareRbac({
    policies: [{ name: 'p', principals: [{ claims: [claim] }], pathPrefix: '', methods: [] }],
  }),
}));

function authorizationFault(claims: Claims): string | undefined {
  const asked = { subject: { provider: 'kc', claims }, path: '/', method: 'GET' };
  for (const { name, says, rule } of prepared) {
    rule.explain(asked);
    if (rule.decide(asked).allowed !== says(claims)) return `authorization by ${name}`;
  }
  return undefined;
}

class Tally {
  readonly findings: TokenFinding[] = [];
  readonly #kinds = new Map<string, number>();
  readonly #answers = new Map<string, number>();
  readonly #times = new Map<string, number[]>();
  #cases = 0;
  #accepted = 0;
  #unchanged = 0;

  count(kind: string, answer: string): void {
    this.#cases += 1;
    this.#kinds.set(kind, (this.#kinds.get(kind) ?? 0) + 1);
    this.#answers.set(answer, (this.#answers.get(answer) ?? 0) + 1);
    if (!answer.startsWith('verified')) return;
    if (kind === 'unchanged') this.#unchanged += 1;
    else this.#accepted += 1;
  }

  time(world: string, ms: number): void {
    const times = this.#times.get(world) ?? [];
    this.#times.set(world, times);
    times.push(ms);
  }

  find(problem: string, seen: Seen, verdict?: StageVerdict, opinion?: Opinion): void {
    this.findings.push({
      problem,
      case: seen.index,
      world: seen.world.name,
      kind: seen.made.kind,
      place: seen.place,
      token: seen.made.text,
      nowSeconds: seen.nowSeconds,
      verdict: verdict === undefined ? '' : answerOf(verdict),
      oracle: opinion === undefined ? '' : (opinion.provider ?? opinion.why),
    });
  }

  report(): TokenReport {
    const byWorld = [...this.#times].map(([name, times]) => [name, percentiles(times)] as const);
    return {
      cases: this.#cases,
      refused: this.#cases - this.#accepted - this.#unchanged,
      accepted: this.#accepted,
      unchanged: this.#unchanged,
      kinds: sorted(this.#kinds),
      answers: sorted(this.#answers),
      refusals: percentiles([...this.#times.values()].flat()),
      slowestWorlds: byWorld.toSorted(([, a], [, b]) => b.p99 - a.p99).slice(0, 3),
      findings: this.findings,
    };
  }
}

function sorted(counts: ReadonlyMap<string, number>): Readonly<Record<string, number>> {
  return Object.fromEntries([...counts].toSorted(([, a], [, b]) => b - a));
}

function percentiles(times: readonly number[]): Percentiles {
  const sortedTimes = Float64Array.from(times).toSorted();
  const at = (share: number): number =>
    sortedTimes[Math.min(sortedTimes.length - 1, Math.floor(sortedTimes.length * share))] ?? 0;
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}
