import type { ModelEnd } from '../../src/dataplane/model-end.ts';
import type { ModelNotes } from '../../src/dataplane/model-notes.ts';

/** Notes of a streamed chat that went well; a test says what is different. */
export function modelNotes(different: Partial<ModelNotes> = {}): ModelNotes {
  return {
    endpoint: 'chat',
    stream: true,
    requestModel: 'fast',
    billedModel: 'deepseek-flash',
    responseModel: 'deepseek-flash',
    provider: 'deepseek',
    usage: {
      inputTokens: 100,
      outputTokens: 41,
      cacheHitTokens: 60,
      cacheMissTokens: 40,
      reasoningTokens: 30,
    },
    finishReason: 'stop',
    firstTokenAtMs: 1500,
    tries: 1,
    ...different,
  };
}

/** The end of that chat. */
export function ended(different: Partial<ModelEnd> = {}): ModelEnd {
  return {
    ...modelNotes(),
    operation: 'chat',
    host: 'api.deepseek.com',
    usageSource: 'told',
    nanoUsd: 31_000,
    claim: undefined,
    errorType: '',
    durationMs: 2500,
    firstTokenMs: 500,
    ...different,
  };
}
