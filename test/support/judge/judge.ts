import type { VirtualServiceSpec } from '../../../src/api/virtual-service.ts';
import { closedBody } from '../../../src/xds/route-action.ts';
import { differences, isRefusal, type Difference } from './differences.ts';
import { drawFrom } from './draw.ts';
import { startEngines, type Answer, type Engines, type Question } from './judge-engines.ts';
import type { JudgedCase, JudgedRequest } from './judged-case.ts';
import { randomHost } from './random-host.ts';
import { randomRequest } from './random-request.ts';

/** What came of one case. */
export interface Verdict {
  readonly kind: 'equal' | 'stricter' | 'beyond' | 'other';
  readonly ours: Answer;
  readonly theirs: Answer;
  /** Names of the differences that the case is of, when they were needed. */
  readonly differences: readonly string[];
}

export interface Judged extends Verdict {
  readonly one: JudgedCase;
}

/** A case and the virtual host that it is asked of. */
export type HostedCase = JudgedCase & { readonly host: string };

/** Judges each case; one that is `other` only when it is so again, since Envoy may miss keys that are just on their way. */
export async function judgeAll(
  engines: Engines,
  cases: readonly HostedCase[],
): Promise<readonly Verdict[]> {
  const verdicts = await judgeOnce(engines, cases);
  const others = cases.filter((_one, index) => verdicts[index]!.kind === 'other');
  if (others.length === 0) return verdicts;
  const again = new Map(
    (await judgeOnce(engines, others)).map((verdict, at) => [others[at]!, verdict] as const),
  );
  return verdicts.map((verdict, index) => again.get(cases[index]!) ?? verdict);
}

/** Asks both engines each case, and once more where the list of differences says what Envoy has to be asked instead. */
async function judgeOnce(
  engines: Engines,
  cases: readonly HostedCase[],
): Promise<readonly Verdict[]> {
  const answers = await engines.ask(cases.map(({ host, request }) => ({ host, request })));
  const again = cases.flatMap((one, index): { index: number; question: Question }[] => {
    const [ours, theirs] = answers[index]!;
    const request = isSame(ours, theirs) ? one.request : restated(one);
    return request === one.request ? [] : [{ index, question: { host: one.host, request } }];
  });
  const second = await engines.ask(again.map(({ question }) => question));
  const restatedAnswers = new Map(again.map(({ index }, at) => [index, second[at]![1]] as const));
  return cases.map((one, index) => {
    const [ours, theirs] = answers[index]!;
    return verdictOf(one, ours, { first: theirs, restated: restatedAnswers.get(index) ?? theirs });
  });
}

/** By content: lists of node:http may be of another realm than those of a test. */
function isSame(ours: Answer, theirs: Answer): boolean {
  return JSON.stringify(ours) === JSON.stringify(theirs);
}

function kindsOf(one: JudgedCase): readonly Difference[] {
  return differences.filter(({ applies }) => applies(one));
}

function restated(one: JudgedCase): JudgedRequest {
  let { request } = one;
  for (const kind of kindsOf(one)) request = kind.restated?.(request, one) ?? request;
  return request;
}

interface Theirs {
  readonly first: Answer;
  readonly restated: Answer;
}

function verdictOf(one: JudgedCase, ours: Answer, theirs: Theirs): Verdict {
  const { first } = theirs;
  if (isSame(ours, first)) return { kind: 'equal', ours, theirs: first, differences: [] };
  // What Envoy cannot be told, the translation closes.
  if (first.status === 500 && first.body === closedBody) {
    return { kind: 'beyond', ours, theirs: first, differences: [] };
  }
  const kinds = kindsOf(one);
  const isListed =
    kinds.length > 0 && !isLaxer(ours, theirs.restated) && fits(one, ours, theirs.restated);
  return {
    kind: isListed ? 'stricter' : 'other',
    ours,
    theirs: first,
    differences: kinds.map(({ name }) => name),
  };
}

/** No entry of the list covers an answer that Envoy refuses and this gateway does not. */
function isLaxer(ours: Answer, theirs: Answer): boolean {
  return isRefusal(theirs) && !isRefusal(ours);
}

function fits(one: JudgedCase, ours: Answer, theirs: Answer): boolean {
  const kinds = kindsOf(one);
  if (kinds.some(({ accepts }) => accepts?.(ours, theirs, one))) return true;
  const reduced = (answer: Answer): Answer => {
    let left = answer;
    for (const kind of kinds) left = kind.reduced?.(left, one) ?? left;
    return left;
  };
  return isSame(reduced(ours), reduced(theirs));
}

const hostsAtOnce = 80;
const batch = 400;

export interface JudgeRun {
  readonly seed: number;
  readonly judged: readonly Judged[];
  /** Virtual services that were not rejected. */
  readonly accepted: number;
  readonly hosts: number;
}

/** Random policies and random requests to them, the same for the same seed. */
export async function judgeRandom(seed: number, count: number): Promise<JudgeRun> {
  const draw = drawFrom(seed);
  const specs = new Map<string, VirtualServiceSpec>();
  while (specs.size < hostsAtOnce) {
    const name = `h${specs.size}`;
    specs.set(name, randomHost(draw, `${name}.test`));
  }
  const names = [...specs.keys()];
  const cases = Array.from({ length: count }, () => {
    const name = draw.pick(names);
    const spec = specs.get(name)!;
    return { host: `${name}.test`, spec, request: randomRequest(draw, spec) };
  });
  const engines = await startEngines(Object.fromEntries(specs));
  try {
    const judged: Judged[] = [];
    for (let at = 0; at < cases.length; at += batch) {
      const some = cases.slice(at, at + batch);
      const verdicts = await judgeAll(engines, some);
      judged.push(...verdicts.map((verdict, index) => ({ ...verdict, one: some[index]! })));
    }
    const states = engines.compiled.outcomes.filter(
      ({ ref, state }) => ref.kind === 'VirtualService' && state !== 'Rejected',
    );
    return { seed, judged, accepted: states.length, hosts: names.length };
  } finally {
    await engines.close();
  }
}
