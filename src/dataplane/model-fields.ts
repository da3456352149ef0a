import type { ModelEnd } from './model-end.ts';

const nanoPerDollar = 1e9;

/** What the access log says of a request for a model, under `model`: no prompt, no answer. */
export function modelFields(end: ModelEnd): Readonly<Record<string, unknown>> {
  const { usage, usageSource, nanoUsd, claim, firstTokenMs } = end;
  return {
    endpoint: end.endpoint,
    stream: end.stream,
    requested: end.requestModel,
    ...(end.billedModel !== '' && { billed: end.billedModel }),
    ...(end.responseModel !== '' && { answered: end.responseModel }),
    ...(end.provider !== '' && { provider: end.provider }),
    ...(end.host !== '' && { host: end.host }),
    tries: end.tries,
    ...(usage && { ...usage, usage: usageSource }),
    ...(usageSource === 'unknown' && { usage: usageSource }),
    ...(nanoUsd !== undefined && { costUsd: nanoUsd / nanoPerDollar }),
    ...(firstTokenMs !== undefined && { firstTokenMs: Math.round(firstTokenMs * 100) / 100 }),
    ...(end.finishReason !== '' && { finishReason: end.finishReason }),
    ...(end.errorType !== '' && { error: end.errorType }),
    ...(claim && { claim: claim.name, claimValue: claim.value }),
  };
}
