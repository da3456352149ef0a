import type { PreparedBackend } from './backend.ts';

// Where clients of other providers put their key; none of them is for this server.
const clientKeys = new Set(['authorization', 'api-key', 'x-api-key', 'x-goog-api-key']);

/**
 * Makes the header lines of a request fit for a model server, in place: the client's credentials go, the gateway's key
 * comes. `accept-encoding` is taken out with a key of ours, so that the answer can be searched for it.
 */
export function prepareHeaders(
  lines: string[],
  backend: PreparedBackend,
  tokenSpent: boolean,
): void {
  // What the gateway verified as its own token is no credential of the model server.
  const passes = backend.settings.credential.kind === 'passthrough' && !tokenSpent;
  let kept = 0;
  for (let index = 0; index < lines.length; index += 2) {
    const name = lines[index] ?? '';
    if (clientKeys.has(name) && !(passes && name === 'authorization')) continue;
    if (name === 'accept-encoding' && backend.key !== undefined) continue;
    lines[kept] = name;
    lines[kept + 1] = lines[index + 1] ?? '';
    kept += 2;
  }
  lines.length = kept;
  if (backend.key === undefined) return;
  lines.push('authorization', `Bearer ${backend.key}`, 'accept-encoding', 'identity');
}

/** Whether the body has to be read as a whole, because `model` in it is replaced. */
export function rewritesBody(backend: PreparedBackend): boolean {
  return backend.settings.model !== undefined;
}
