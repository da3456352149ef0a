import type { PreparedBackend } from './backend.ts';
import { accountHeaderNames, keyHeaderNames, keyLines, passedNames } from '../ir/key-header.ts';

/** What of a request decides about the headers that go to a model server. */
export interface KeyedRequest {
  /** At the model server. */
  readonly path: string;
  /** Whether a header held the token that the gateway verified as its own: no credential of the model server then. */
  readonly isSpent: (name: string) => boolean;
}

/**
 * Makes the header lines of a request fit for a model server, in place: the client's credentials go, the gateway's key
 * comes. `accept-encoding` is taken out with a key of ours, so that the answer can be searched for it.
 */
export function prepareHeaders(
  lines: string[],
  backend: PreparedBackend,
  request: KeyedRequest,
): void {
  const { key, settings } = backend;
  const passed = settings.credential.kind === 'passthrough' ? passedNames(request.path) : undefined;
  let kept = 0;
  for (let index = 0; index < lines.length; index += 2) {
    const name = lines[index] ?? '';
    const passes = passed?.has(name) === true && !request.isSpent(name);
    if (keyHeaderNames.has(name) && !passes) continue;
    if (key !== undefined && (name === 'accept-encoding' || accountHeaderNames.has(name))) continue;
    lines[kept] = name;
    lines[kept + 1] = lines[index + 1] ?? '';
    kept += 2;
  }
  lines.length = kept;
  if (key === undefined) return;
  lines.push(...keyLines(settings, request.path, key), 'accept-encoding', 'identity');
}

/** Whether the body has to be read as a whole, because `model` in it is replaced. */
export function rewritesBody(backend: PreparedBackend): boolean {
  return backend.settings.model !== undefined;
}
