/** An error in the shape that DeepSeek and OpenAI clients read. */
export function errorBody(type: string, message: string): string {
  return JSON.stringify({ error: { message, type, param: null, code: type } });
}

/** Type and code of what the client is told of an error about the key or the account of the gateway. */
export const accountErrorType = 'upstream_auth';

/** Its text. */
export const accountErrorMessage =
  'The model server refused the credentials or the account of the gateway.';
