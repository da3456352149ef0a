// What RE2 semantics cost over the RegExp of the language, for values that RBAC sees.
import { compareCosts } from './harness/costs.ts';
import { compileRegex } from '../src/rbac/regex.ts';

const cases = [
  { pattern: '.*@(deepseek|example)\\.com', value: 'someone.with.a.name@example.com' },
  { pattern: 'team-[a-z0-9]+(-prod|-test)?', value: 'team-inference42-prod' },
  { pattern: '(a+)+b', value: `${'a'.repeat(22)}c` },
];

/** Compares full matches, one expression after the other. */
export async function bench(): Promise<void> {
  for (const { pattern, value } of cases) {
    console.log(`### \`${pattern}\` on ${value.length} characters\n`);
    const native = new RegExp(`^(?:${pattern})$`, 's');
    const re2 = compileRegex(pattern);
    if (native.test(value) !== re2.test(value)) throw new Error('the two do not agree');
    // The last expression is one that backtracking takes exponential time for.
    const backtracks = pattern === '(a+)+b';
    await compareCosts([
      { name: 'RegExp', count: backtracks ? 3 : 200_000, repeat: repeat(() => native.test(value)) },
      { name: 'RE2 (re2js)', count: 20_000, repeat: repeat(() => re2.test(value)) },
    ]);
  }
}

function repeat(test: () => boolean): (count: number) => void {
  return (count) => {
    let matched = 0;
    for (let turn = 0; turn < count; turn += 1) if (test()) matched += 1;
    if (matched !== 0 && matched !== count) throw new Error('the same test had two results');
  };
}
