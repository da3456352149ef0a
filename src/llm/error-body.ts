/** An error in the shape that DeepSeek and OpenAI clients read. */
export function errorBody(type: string, message: string): string {
  return JSON.stringify({ error: { message, type, param: null, code: type } });
}
