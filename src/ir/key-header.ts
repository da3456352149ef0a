import type { LlmBackend } from './llm.ts';
import { engineOf } from './engine-of.ts';

/** Names of headers in which one or another server looks for a key. */
export const keyHeaderNames: ReadonlySet<string> = new Set([
  'authorization',
  'api-key',
  'x-api-key',
  'x-goog-api-key',
  'anthropic-api-key',
]);

/** They choose whom of an account a request is for, which is up to whoever owns the account. */
export const accountHeaderNames: ReadonlySet<string> = new Set([
  'openai-organization',
  'openai-project',
]);

const anthropicPath = /(?:\/anthropic|\/v1\/messages|^\/messages)(?:\/|$)/;

/** Whether a path at a model server is one of Anthropic's API, whose clients send their key as `x-api-key`. */
export function isAnthropicPath(path: string): boolean {
  return anthropicPath.test(path);
}

/**
 * The lines that carry the key on that path. DeepSeek wants `x-api-key` in its Anthropic API; of servers of one's own some
 * look there and some for a bearer token, whichever API it is, so that they get both.
 */
export function keyLines(settings: LlmBackend, path: string, key: string): readonly string[] {
  const bearer = ['authorization', `Bearer ${key}`];
  if (!isAnthropicPath(path)) return bearer;
  const bare = ['x-api-key', key];
  return engineOf(settings) === 'DEEPSEEK' ? bare : [...bearer, ...bare];
}

const bearerName: ReadonlySet<string> = new Set(['authorization']);
const anthropicNames: ReadonlySet<string> = new Set(['authorization', 'x-api-key']);

/** Names of headers in which a client's own key is passed on, where that is asked for. */
export function passedNames(path: string): ReadonlySet<string> {
  return isAnthropicPath(path) ? anthropicNames : bearerName;
}
