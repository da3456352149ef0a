/** What of a model server's API a request is for; `other` names no model that the gateway could see. */
export type ModelEndpoint =
  'chat' | 'completions' | 'messages' | 'responses' | 'embeddings' | 'models' | 'other';

const openAiBases: readonly string[] = ['', '/v1', '/beta', '/beta/v1'];
const anthropicBases: readonly string[] = ['', '/v1', '/anthropic', '/anthropic/v1'];
const listBases = new Set([...openAiBases, ...anthropicBases]);

// Exact paths: behind a base that is not known, a server may take the model from the path (`/deployments/NAME/…`).
const posted: ReadonlyMap<string, ModelEndpoint> = new Map([
  ...pathsTo('chat', '/chat/completions', openAiBases),
  ...pathsTo('completions', '/completions', openAiBases),
  ...pathsTo('responses', '/responses', openAiBases),
  ...pathsTo('embeddings', '/embeddings', openAiBases),
  ...pathsTo('messages', '/messages', anthropicBases),
]);

function pathsTo(
  endpoint: ModelEndpoint,
  path: string,
  bases: readonly string[],
): readonly (readonly [string, ModelEndpoint])[] {
  return bases.map((base) => [base + path, endpoint]);
}

/**
 * Tells by method and path, without its query; `base` is what the operator put in front of the paths of the API. Everything
 * that is not known exactly is `other`.
 */
export function modelEndpoint(method: string, path: string, base = ''): ModelEndpoint {
  const inner = withoutBase(path, base);
  if (method === 'POST') return posted.get(inner) ?? 'other';
  return method === 'GET' && listedModel(inner) !== undefined ? 'models' : 'other';
}

/** Likewise for the one path that the operator has every request sent to: its base may be any. */
export function fixedEndpoint(method: string, path: string): ModelEndpoint {
  if (method !== 'POST') return 'other';
  return suffixes.find(([suffix]) => path.endsWith(suffix))?.[1] ?? 'other';
}

/** The longer first. */
const suffixes: readonly (readonly [string, ModelEndpoint])[] = [
  ['/chat/completions', 'chat'],
  ['/completions', 'completions'],
  ['/responses', 'responses'],
  ['/embeddings', 'embeddings'],
  ['/messages', 'messages'],
];

/** The model that a GET of `…/models/NAME` is for; empty: all of them, undefined: it is no such path. */
export function listedModel(path: string, base = ''): string | undefined {
  const match = /^(.*?)\/models(?:\/([^/]+))?$/.exec(withoutBase(path, base));
  if (match === null || !listBases.has(match[1] ?? '')) return undefined;
  return decoded(match[2] ?? '');
}

function withoutBase(path: string, base: string): string {
  const bare = base.replace(/\/+$/, '');
  return bare !== '' && path.startsWith(`${bare}/`) ? path.slice(bare.length) : path;
}

/** Names with a slash in them come escaped. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
