import type { AiOptions } from '../api/ai-options.ts';
import { durationMs } from '../base/duration.ts';
import type { LlmRoute, TokenTimeouts } from '../ir/llm.ts';
import type { Route } from '../ir/table.ts';
import type { At } from './host-plan.ts';
import { scopeAt } from './parts.ts';
import { compileModelRules } from './model-rules.ts';
import type { HostScope } from './providers.ts';
import { compileReasoning } from './reasoning-rules.ts';
import type { RoutePlan } from './route-plan.ts';
import { compileUsage } from './usage-rules.ts';

/** What a route says of requests for a model and of their answers (`options.ai`). */
export function compileAiOptions({ options }: RoutePlan, scope: HostScope): Pick<Route, 'llm'> {
  const layer = options.layerOf('ai');
  const value = options.value.ai;
  if (!value || !layer) return {};
  const llm = compileAi({ value, path: `${layer.path}.ai` }, scopeAt(scope, layer.place));
  return Object.keys(llm).length > 0 ? { llm } : {};
}

function compileAi({ value, path }: At<AiOptions>, scope: HostScope): LlmRoute {
  const models =
    value.models && compileModelRules({ value: value.models, path: `${path}.models` }, scope);
  const reasoning =
    value.reasoning &&
    compileReasoning({ value: value.reasoning, path: `${path}.reasoning` }, scope);
  const timeouts = value.timeouts && compileTimeouts(value.timeouts);
  const usage = value.usage && compileUsage({ value: value.usage, path: `${path}.usage` }, scope);
  return {
    ...(models ? { models } : {}),
    ...(reasoning ? { reasoning } : {}),
    ...(timeouts ? { timeouts } : {}),
    ...(usage ? { usage } : {}),
  };
}

function compileTimeouts({
  firstToken,
  progress,
}: NonNullable<AiOptions['timeouts']>): TokenTimeouts | undefined {
  const firstTokenMs = durationMs(firstToken ?? '');
  const progressMs = durationMs(progress ?? '');
  if (firstTokenMs === undefined && progressMs === undefined) return undefined;
  return {
    ...(firstTokenMs === undefined ? {} : { firstTokenMs }),
    ...(progressMs === undefined ? {} : { progressMs }),
  };
}
