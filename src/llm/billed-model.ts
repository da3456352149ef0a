import { engineOf } from '../ir/engine-of.ts';
import type { LlmBackend, ModelRules } from '../ir/llm.ts';
import type { ModelEndpoint } from './model-endpoint.ts';
import { deepseekNames, vendorModel } from './vendor-models.ts';

/** A model as one server is asked for it. */
export interface TargetModel {
  /** What stands in the request there. */
  readonly sent: string;
  /** What the account pays for; authorization looks at this one alone. */
  readonly billed: string;
}

/** The name after aliases and default of the route; undefined: there is none. */
export function routedModel(
  asked: string | undefined,
  rules: ModelRules | undefined,
): string | undefined {
  const name = asked ?? rules?.default;
  if (name === undefined) return undefined;
  const { aliases = {} } = rules ?? {};
  return Object.hasOwn(aliases, name) ? aliases[name] : name;
}

/** What a server is asked for, and what it bills; undefined: no model is named. `backend` absent: it is no model server. */
export function targetModel(
  routed: string | undefined,
  endpoint: ModelEndpoint,
  backend: LlmBackend | undefined,
): TargetModel | undefined {
  const sent = backend?.model ?? routed;
  if (sent === undefined) return undefined;
  // Somebody else's server may give models any name.
  const isMapped = backend !== undefined && engineOf(backend) === 'DEEPSEEK';
  return { sent, billed: isMapped ? vendorModel(deepseekNames, endpoint, sent) : sent };
}
