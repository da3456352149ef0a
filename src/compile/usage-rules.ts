import type { AiOptions } from '../api/ai-options.ts';
import type { UsageRules } from '../ir/llm.ts';
import { compileClaimPath } from './claim-path.ts';
import type { At } from './host-plan.ts';
import type { HostScope } from './providers.ts';

const defaultMaxValues = 100;

/** Whom the tokens of a route are counted for. */
export function compileUsage(
  { value, path }: At<NonNullable<AiOptions['usage']>>,
  scope: HostScope,
): UsageRules {
  const { claim, nestedClaimDelimiter, maxValues = defaultMaxValues } = value;
  const at = { value: claim, path: `${path}.claim` };
  return { claim: compileClaimPath(at, nestedClaimDelimiter, scope), maxValues };
}
