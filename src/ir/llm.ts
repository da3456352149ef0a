/** What answers behind a model server's API; decides where its queue is seen, and what it takes and sends of reasoning. */
export const modelEngines = [
  'DEEPSEEK',
  'OPENAI',
  'VLLM',
  'SGLANG',
  'OLLAMA',
  'LLAMA_CPP',
] as const;
export type ModelEngine = (typeof modelEngines)[number];

/** How a model server is spoken to: who it is, with which key, and what is put into the request. */
export interface LlmBackend {
  readonly provider: 'deepseek' | 'openai';
  /** Absent: DEEPSEEK for `deepseek` without a host of its own and for api.deepseek.com, else OPENAI. */
  readonly engine?: ModelEngine;
  readonly credential: LlmCredential;
  /** Replaces `model` of the request; absent: the client's is kept. */
  readonly model?: string;
  /** Value of `Host`. */
  readonly authority: string;
  /** Replaces the whole path (`customHost.pathOverride.fullPath`). */
  readonly fullPath?: string;
  /** Put in place of a leading `/v1` (`customHost.pathOverride.basePath`). */
  readonly basePath?: string;
  /** What becomes of the reasoning that a client sends back. Absent: PAD for DEEPSEEK, else KEEP. */
  readonly reasoningInput?: ReasoningInput;
  /** Reasoning that stands in the content of answers. Absent: OPENED. */
  readonly thinkTags?: ThinkTags;
  /** Absent: as many as there are connections. */
  readonly concurrency?: AccountConcurrency;
  /** Absent: only DEEPSEEK is told a user, with a key that everybody knows. */
  readonly isolation?: UserIsolation;
}

/** KEEP: as sent. PAD: where there are tools, assistant messages without get an empty one. STRIP: taken out. */
export const reasoningInputs = ['KEEP', 'PAD', 'STRIP'] as const;
export type ReasoningInput = (typeof reasoningInputs)[number];

/** OPENED: `<think>` at the beginning of the content. IMPLICIT: content begins as reasoning, without the tag. NONE: tags are text. */
export const thinkTagForms = ['OPENED', 'IMPLICIT', 'NONE'] as const;
export type ThinkTags = (typeof thinkTagForms)[number];

/** How many requests one account may have under way, over all upstreams that name it. */
export interface AccountConcurrency {
  /** `<namespace of the Upstream>/<name of the account>`. */
  readonly account: string;
  readonly limit: number;
  /** Requests that wait at most. */
  readonly maxWaiting: number;
  /** A request waits so long at most. */
  readonly waitMs: number;
}

/** How the users of a shared account are told apart. */
export interface UserIsolation {
  readonly disabled: boolean;
  /** Id into `Secrets`: the key of the hash. */
  readonly keySecret?: string;
}

export type LlmCredential =
  /** Id into `Secrets`: the bare key, without `Bearer `. */
  | { readonly kind: 'secret'; readonly secret: string }
  /** The client's own Authorization is sent on, if the JWT was not taken from it. */
  | { readonly kind: 'passthrough' }
  /** No key is sent (a model server without one). */
  | { readonly kind: 'none' }
  /** A key was asked for and is not to be had: 503. */
  | { readonly kind: 'missing'; readonly detail: string };

/** One of several model servers behind one Upstream (Gloo `ai.multi`). */
export interface PoolMember {
  /** Name into `RoutingTable.clusters`. */
  readonly cluster: string;
  readonly weight: number;
}

/** What a route asks of requests for a model and of their answers (`options.ai`). */
export interface LlmRoute {
  readonly models?: ModelRules;
  readonly reasoning?: ReasoningRules;
  readonly timeouts?: TokenTimeouts;
  readonly usage?: UsageRules;
}

/** A claim by the steps to it. */
export type ClaimPath = readonly string[];

export interface ModelRules {
  /** Lists the models that the caller may use; absent: all. */
  readonly allowedClaim?: ClaimPath;
  /** Name that clients use to the name that is sent. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** For requests without a model. */
  readonly default?: string;
}

/** Where reasoning stands in answers of chat completions. */
export const reasoningFields = ['REASONING_CONTENT', 'REASONING', 'AS_SENT'] as const;
export type ReasoningField = (typeof reasoningFields)[number];

export interface ReasoningRules {
  /** Absent: REASONING_CONTENT. */
  readonly field?: ReasoningField;
  /** Nobody sees reasoning, but for those with the claim of `showTo`. */
  readonly hide?: true;
  readonly showTo?: { readonly claim: ClaimPath; readonly value: string };
}

export interface TokenTimeouts {
  /** From sending the request to the first token of a streamed answer; 0: none. Absent: ten minutes. */
  readonly firstTokenMs?: number;
  /** Between two pieces of a streamed answer, comments not counted; 0: none. Absent: five minutes. */
  readonly progressMs?: number;
}

export interface UsageRules {
  /** Its value is a label of usage metrics and a field of the access log. */
  readonly claim: ClaimPath;
  /** Values with a label of their own; all others share one. */
  readonly maxValues: number;
}
