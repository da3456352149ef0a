/** Tokens of one answer, as its model server counts them; undefined: it does not say. */
export interface TokenUsage {
  /** All of the prompt, what came from the cache included. */
  readonly inputTokens: number;
  /** All of the answer, reasoning included. */
  readonly outputTokens: number;
  readonly cacheHitTokens?: number;
  readonly cacheMissTokens?: number;
  /** Part of the output. */
  readonly reasoningTokens?: number;
}
