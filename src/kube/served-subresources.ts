import { kinds, type OwnKind } from '../api/kinds.ts';
import { groupPath } from './api-path.ts';
import type { KubeClient } from './kube-client.ts';
import { membersOf } from './stored-status.ts';

/** Which kinds have a status subresource in this cluster: ours have one, those of Gloo's own CRDs have none. */
export interface ServedSubresources {
  /** Asks the API server once for each group; a failed question is asked anew. */
  readonly hasStatus: (kind: OwnKind) => Promise<boolean>;
  /** The CRD seems to have been changed: the next question goes to the API server. */
  readonly forget: (kind: OwnKind) => void;
}

/** Creates a reader of the discovery documents, which every authenticated user may read. */
export function createServedSubresources(client: KubeClient): ServedSubresources {
  const known = new Map<string, Promise<ReadonlySet<string>>>();
  const served = (path: string): Promise<ReadonlySet<string>> => {
    const former = known.get(path);
    if (former !== undefined) return former;
    const asked = askFor(client, path);
    known.set(path, asked);
    asked.catch(() => {
      if (known.get(path) === asked) known.delete(path);
    });
    return asked;
  };
  return {
    hasStatus: async (kind) => (await served(groupPath(kind))).has(`${pluralOf(kind)}/status`),
    forget: (kind) => void known.delete(groupPath(kind)),
  };
}

async function askFor(client: KubeClient, path: string): Promise<ReadonlySet<string>> {
  const document = await client.request<unknown>({ method: 'GET', path });
  const { resources } = membersOf(document);
  const names = Array.isArray(resources) ? resources.map((one) => membersOf(one)['name']) : [];
  return new Set(names.filter((name) => typeof name === 'string'));
}

function pluralOf(kind: OwnKind): string {
  return kinds.find((one) => one.kind === kind)?.plural ?? '';
}
