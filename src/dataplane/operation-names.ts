import type { ModelEndpoint } from '../llm/model-endpoint.ts';

/** Names that OpenTelemetry has for what model servers do; empty: it has none. */
export const operationNames: Readonly<Record<ModelEndpoint, string>> = {
  chat: 'chat',
  messages: 'chat',
  responses: 'chat',
  completions: 'text_completion',
  embeddings: 'embeddings',
  models: '',
  other: '',
};
