/** What of a model server's API a request is for; `other` names no model that the gateway could see. */
export type ModelEndpoint =
  'chat' | 'completions' | 'messages' | 'responses' | 'embeddings' | 'models' | 'other';
