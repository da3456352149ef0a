import type { AiOptions } from '../api/ai-options.ts';
import type { ModelRules } from '../ir/llm.ts';
import { compileClaimPath } from './claim-path.ts';
import type { At } from './host-plan.ts';
import type { HostScope } from './providers.ts';

type ModelsSpec = NonNullable<AiOptions['models']>;

/** Compiles `options.ai.models`; undefined: it says nothing. */
export function compileModelRules(
  { value, path }: At<ModelsSpec>,
  scope: HostScope,
): ModelRules | undefined {
  const { allowedClaim, nestedClaimDelimiter, aliases = {}, default: unnamed } = value;
  const claim = { value: allowedClaim ?? '', path: `${path}.allowedClaim` };
  const rules: ModelRules = {
    ...(allowedClaim === undefined
      ? {}
      : { allowedClaim: compileClaimPath(claim, nestedClaimDelimiter, scope) }),
    ...(Object.keys(aliases).length > 0 ? { aliases } : {}),
    ...(unnamed === undefined ? {} : { default: unnamed }),
  };
  return Object.keys(rules).length > 0 ? rules : undefined;
}
