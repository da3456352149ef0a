/** The servers that the stand-in can be. */
export const mockDialects = ['deepseek', 'vllm', 'sglang', 'ollama', 'llama.cpp'] as const;
export type MockDialect = (typeof mockDialects)[number];

/** Where reasoning stands in a chat: in a field (or in both), or in the content between tags, or with the closing tag only. */
export const mockReasoningForms = [
  'reasoning_content',
  'reasoning',
  'both',
  'tags',
  'implicit',
] as const;
export type MockReasoningForm = (typeof mockReasoningForms)[number];

/** What tells one server from another, apart from the form of its answers. */
export interface MockDialectFacts {
  /** Names that are accepted; the first two of DeepSeek's are listed. */
  readonly models: readonly string[];
  readonly anyModel: boolean;
  readonly reasoningForm: MockReasoningForm;
  /** The API is there with and without `/v1` in front. */
  readonly bareBase: boolean;
  readonly ownedBy: string;
  /** Requests at a time by model; the next one gets 429. */
  readonly concurrency: Readonly<Record<string, number>>;
  /** A key is needed even when none is set. */
  readonly wantsKey: boolean;
  /** Whether a key, where there is one, guards this path. */
  readonly guards: (path: string) => boolean;
}

const selfHosted = {
  anyModel: false,
  bareBase: false,
  concurrency: {},
  wantsKey: false,
} as const;

const openOfLlamaCpp = new Set(['/', '/health', '/v1/health', '/models', '/v1/models']);

/** What is documented of each server. */
export const mockDialectFacts: Readonly<Record<MockDialect, MockDialectFacts>> = {
  deepseek: {
    models: [
      'deepseek-flash',
      'deepseek-v4-pro',
      'deepseek-v4-flash',
      'deepseek-v4-flash-vision-exp',
    ],
    anyModel: false,
    reasoningForm: 'reasoning_content',
    bareBase: true,
    ownedBy: 'deepseek',
    concurrency: { 'deepseek-flash': 2500, 'deepseek-v4-pro': 500 },
    wantsKey: true,
    guards: () => true,
  },
  vllm: {
    ...selfHosted,
    models: ['deepseek-ai/DeepSeek-R1'],
    reasoningForm: 'reasoning',
    ownedBy: 'vllm',
    guards: (path) => path.startsWith('/v1/'),
  },
  sglang: {
    ...selfHosted,
    models: ['deepseek-ai/DeepSeek-R1'],
    anyModel: true,
    reasoningForm: 'reasoning_content',
    ownedBy: 'sglang',
    guards: (path) => !/^\/(?:health|metrics)/.test(path),
  },
  ollama: {
    ...selfHosted,
    models: ['deepseek-r1:8b'],
    reasoningForm: 'reasoning',
    ownedBy: 'library',
    guards: () => false,
  },
  'llama.cpp': {
    ...selfHosted,
    models: ['DeepSeek-R1-0528-Qwen3-8B-Q4_K_M.gguf'],
    anyModel: true,
    bareBase: true,
    reasoningForm: 'reasoning_content',
    ownedBy: 'llamacpp',
    guards: (path) => !openOfLlamaCpp.has(path),
  },
};
