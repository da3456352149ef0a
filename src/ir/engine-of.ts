import type { LlmBackend, ModelEngine } from './llm.ts';

/** The public server of DeepSeek, by the `Host` it gets. */
const deepseekHost = /^api\.deepseek\.com(?::\d+)?$/i;

/** What answers there: as configured, or DeepSeek where the public server of DeepSeek is asked. */
export function engineOf({ engine, authority }: LlmBackend): ModelEngine {
  return engine ?? (deepseekHost.test(authority) ? 'DEEPSEEK' : 'OPENAI');
}
