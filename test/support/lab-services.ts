import type { KubeRequests } from './kube-request.ts';

/** What a VirtualService of the lab is made of. */
export interface LabService {
  readonly index: number;
  /** Text with which its first route answers. */
  readonly answer: string;
  readonly namespace?: string;
}

/** The namespace of the VirtualServices, unless another one is said. */
export const labNamespace = 'apps';

const group = '/apis/gateway.solo.io/v1';
/** All VirtualServices of the cluster. */
export const labServicesPath = `${group}/virtualservices`;

const labName = (index: number): string => `vs-${index}`;
export const labDomain = (index: number): string => `vs-${index}.example`;
/** Path of the route that answers by itself, and changes. */
export const labRoute = '/changing';

/** A VirtualService with five routes: the first answers a text, the others go to the Upstream of the lab. */
function labService({ index, answer, namespace = labNamespace }: LabService): object {
  const upstream = { name: 'lab', namespace: labNamespace };
  const forwarded = ['/v1/chat', '/v1/models', '/files', '/'].map((prefix) => ({
    matchers: [{ prefix }],
    routeAction: { single: { upstream } },
  }));
  const changing = {
    matchers: [{ exact: labRoute }],
    directResponseAction: { status: 200, body: answer },
  };
  return {
    apiVersion: 'gateway.solo.io/v1',
    kind: 'VirtualService',
    metadata: { name: labName(index), namespace },
    spec: { virtualHost: { domains: [labDomain(index)], routes: [changing, ...forwarded] } },
  };
}

/** Makes the namespace and the Upstream that all of them share. */
export async function createLabNamespace(api: KubeRequests, upstreamPort: number): Promise<void> {
  await api.send('POST', '/api/v1/namespaces', { metadata: { name: labNamespace } });
  const upstreams = `/apis/gloo.solo.io/v1/namespaces/${labNamespace}/upstreams`;
  await api.send('POST', upstreams, {
    apiVersion: 'gloo.solo.io/v1',
    kind: 'Upstream',
    metadata: { name: 'lab', namespace: labNamespace },
    spec: { static: { hosts: [{ addr: '127.0.0.1', port: upstreamPort }] } },
  });
}

export async function createLabService(api: KubeRequests, service: LabService): Promise<void> {
  await api.send('POST', collectionOf(service.namespace), labService(service));
}

export async function deleteLabService(
  api: KubeRequests,
  index: number,
  namespace?: string,
): Promise<void> {
  await api.send('DELETE', `${collectionOf(namespace)}/${labName(index)}`);
}

/** Changes the text of the first route. */
export async function patchLabService(
  api: KubeRequests,
  { index, answer, namespace }: LabService,
): Promise<void> {
  const path = '/spec/virtualHost/routes/0/directResponseAction/body';
  const operation = { op: 'replace', path, value: answer };
  await api.send('PATCH', `${collectionOf(namespace)}/${labName(index)}`, [operation]);
}

function collectionOf(namespace = labNamespace): string {
  return `${group}/namespaces/${namespace}/virtualservices`;
}
