import type { AiOptions } from '../api/ai-options.ts';
import { reasoningFields, type ReasoningRules } from '../ir/llm.ts';
import { compileClaimPath } from './claim-path.ts';
import { enumName } from './enum-name.ts';
import type { At } from './host-plan.ts';
import type { HostScope } from './providers.ts';

type ReasoningSpec = NonNullable<AiOptions['reasoning']>;

/** Compiles `options.ai.reasoning`; undefined: it says nothing but the default. */
export function compileReasoning(
  { value, path }: At<ReasoningSpec>,
  scope: HostScope,
): ReasoningRules | undefined {
  const { field, hide = false, showTo } = value;
  const name = field === undefined ? undefined : enumName(field, reasoningFields);
  if (showTo && !hide) {
    scope.findings.warn({
      reason: 'InvalidValue',
      path: `${path}.showTo`,
      what: 'everybody sees reasoning, so the claim decides nothing: set hide: true',
    });
  }
  const rules: ReasoningRules = {
    ...(name === undefined || name === 'REASONING_CONTENT' ? {} : { field: name }),
    ...(hide ? { hide: true } : {}),
    ...(hide && showTo ? { showTo: compileShowTo(showTo, `${path}.showTo`, scope) } : {}),
  };
  return Object.keys(rules).length > 0 ? rules : undefined;
}

function compileShowTo(
  { claim, value = true, nestedClaimDelimiter }: NonNullable<ReasoningSpec['showTo']>,
  path: string,
  scope: HostScope,
): NonNullable<ReasoningRules['showTo']> {
  const at = { value: claim, path: `${path}.claim` };
  return { claim: compileClaimPath(at, nestedClaimDelimiter, scope), value: String(value) };
}
