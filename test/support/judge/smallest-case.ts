import { judgeAll, type HostedCase, type Judged, type Verdict } from './judge.ts';
import { startEngines } from './judge-engines.ts';
import type { JudgedCase } from './judged-case.ts';

const roundsAtMost = 30;
const candidatesAtOnce = 150;

/** The case with everything left out without which both engines still differ. */
export async function smallestCase(judged: Judged): Promise<Judged> {
  let smallest = judged;
  for (let round = 0; round < roundsAtMost; round += 1) {
    const found = await firstLike(smallest, smallerCases(smallest.one));
    if (found === undefined) return smallest;
    smallest = found;
  }
  return smallest;
}

async function firstLike(
  judged: Judged,
  cases: readonly JudgedCase[],
): Promise<Judged | undefined> {
  const hosted = cases.map((one, index): HostedCase => {
    const host = `c${index}.test`;
    const spec = structuredClone(one.spec);
    if (spec.virtualHost) spec.virtualHost.domains = [host];
    return { host, spec, request: one.request };
  });
  const specs = Object.fromEntries(hosted.map(({ spec }, index) => [`c${index}`, spec]));
  const engines = await startEngines(specs);
  try {
    const verdicts = await judgeAll(engines, hosted);
    const at = verdicts.findIndex(
      (verdict) => verdict.kind === 'other' && outlineOf(verdict) === outlineOf(judged),
    );
    return at === -1 ? undefined : { ...verdicts[at]!, one: hosted[at]! };
  } finally {
    await engines.close();
  }
}

/** What the difference is about: it is not to become another one. */
function outlineOf({ ours, theirs }: Verdict): string {
  const outlines = [ours, theirs].map(({ status, body, seen }) => [status, body, seen === null]);
  return JSON.stringify(outlines);
}

/** Every case that has one member or element less, the smallest first. */
function smallerCases({ spec, request }: JudgedCase): readonly JudgedCase[] {
  const whole = { spec, request };
  const cases = pathsOf(whole, []).flatMap((path): { text: string; one: JudgedCase }[] => {
    const isKey = path[1] === 'tokens' && path.length === 4 && path[3] === 'key';
    if (path.length < 2 || isKey || untouchable.has(path.join('.'))) return [];
    const one = without(whole, path) as JudgedCase;
    return [{ text: JSON.stringify(one), one }];
  });
  return cases
    .sort((a, b) => a.text.length - b.text.length)
    .slice(0, candidatesAtOnce)
    .map(({ one }) => one);
}

/** What every case has to have. */
const untouchable = new Set([
  'spec.virtualHost',
  'spec.virtualHost.domains',
  'spec.virtualHost.domains.0',
  'request.method',
  'request.target',
  'request.headers',
  'request.tokens',
]);

type Path = readonly (string | number)[];

function pathsOf(value: unknown, path: Path): readonly Path[] {
  if (value === null || typeof value !== 'object') return [];
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return keys.flatMap((key) => {
    const own = [...path, key];
    // A header is a pair: it goes as a whole.
    const isPair = own.length > 3 && own[0] === 'request' && own[1] === 'headers';
    return isPair ? [] : [own, ...pathsOf((value as Record<string | number, unknown>)[key], own)];
  });
}

function without(value: unknown, [key = '', ...more]: Path): unknown {
  if (Array.isArray(value)) {
    const list = value as readonly unknown[];
    return more.length === 0
      ? list.filter((_one, index) => index !== key)
      : list.map((one, index) => (index === key ? without(one, more) : one));
  }
  const { [key]: member, ...rest } = value as Record<string | number, unknown>;
  return more.length === 0 ? rest : { ...rest, [key]: without(member, more) };
}
