import type { KubeClient } from './kube-client.ts';

const partial = 'application/json;as=PartialObjectMetadata';
const group = 'g=meta.k8s.io;v=v1';

/**
 * The same client for what only the metadata of objects is read of: the API server then leaves out the rest, which for pods is
 * nearly all, and may hold secrets.
 */
export function metadataClient(client: KubeClient): KubeClient {
  return {
    ...client,
    request: (request) => client.request({ ...request, accept: `${partial}List;${group}` }),
    watch: (request) => client.watch({ ...request, accept: `${partial};${group}` }),
  };
}
