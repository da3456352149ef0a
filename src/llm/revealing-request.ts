import type { LlmBackend } from '../ir/llm.ts';
import { engineOf } from '../ir/engine-of.ts';
import { foldedKey, keyOf, knownMembers, stringAt } from './json-key.ts';
import { readInnerList, readInnerObject } from './json-object.ts';
import type { ModelRequest } from './model-request.ts';

/** By these, servers without a fixed form of answers put reasoning where it is not told from the rest. */
const revealing: ReadonlySet<string> = new Set([
  'separate_reasoning',
  'reasoning_format',
  'thinking_forced_open',
  'chat_template',
  'chat_template_kwargs',
  'continue_final_message',
  'add_generation_prompt',
  'skip_special_tokens',
  'echo',
]);
const roleNames: ReadonlySet<string> = new Set(['role']);

/** What of a request would have a server say its reasoning where it cannot be hidden; undefined: nothing. */
export function revealingPart(
  request: ModelRequest,
  server: LlmBackend | undefined,
): string | undefined {
  const { endpoint, body, object } = request;
  if (server !== undefined && engineOf(server) === 'DEEPSEEK') return undefined;
  // A prompt by hand may well end in the middle of reasoning.
  if (endpoint === 'completions') return 'prompt';
  const names = object.members.map((member) => foldedKey(keyOf(body, member)));
  const named = names.find((name) => revealing.has(name));
  return named ?? (continuesAnswer(request) ? 'messages' : undefined);
}

/** Whether the last message is the beginning of the answer, which may be one of its reasoning. */
function continuesAnswer({ body, fields }: ModelRequest): boolean {
  const member = fields.get('messages');
  const last = member && readInnerList(body, member.from)?.at(-1);
  if (last === undefined) return false;
  const object = readInnerObject(body, last.from);
  const known = object && knownMembers(body, object, roleNames);
  if (known === undefined || 'twin' in known) return true;
  const role = known.get('role');
  return role === undefined || stringAt(body, role) === 'assistant';
}
