import type { ModelEndpoint } from './model-endpoint.ts';

/** An error as the last event of a stream, in the form that clients of the endpoint read. */
export function streamError(endpoint: ModelEndpoint, type: string, message: string): string {
  if (endpoint === 'messages') {
    const error = { type: 'error', error: { type: 'api_error', message } };
    return `event: error\ndata: ${JSON.stringify(error)}\n\n`;
  }
  if (endpoint === 'responses') {
    return `event: error\ndata: ${JSON.stringify({ type: 'error', code: type, message, param: null })}\n\n`;
  }
  return `data: ${JSON.stringify({ error: { message, type, param: null, code: type } })}\n\n`;
}
