import { randomUUID } from 'node:crypto';

/** A slice of a Service whose endpoints are on this machine. */
export interface LoopbackSlice {
  readonly namespace: string;
  readonly service: string;
  /** Of the endpoints, all on 127.0.0.1 and so in one slice each: a slice has one port. */
  readonly port: number;
  readonly ready?: boolean;
  /** The pod that it is said to be of. */
  readonly pod?: string;
}

/**
 * Writes an EndpointSlice where the API server keeps it: it takes no loopback addresses itself, and a test may send requests to no
 * others. Watches hear of it as of any other change.
 */
export async function writeLoopbackSlice(etcd: string, slice: LoopbackSlice): Promise<void> {
  const { namespace, service, port, ready = true, pod } = slice;
  const targetRef = pod === undefined ? {} : { targetRef: { kind: 'Pod', namespace, name: pod } };
  const object = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: sliceName(slice),
      namespace,
      uid: randomUUID(),
      creationTimestamp: new Date().toISOString().replace(/\.\d+/, ''),
      labels: { 'kubernetes.io/service-name': service },
    },
    addressType: 'IPv4',
    endpoints: [{ addresses: ['127.0.0.1'], conditions: { ready }, ...targetRef }],
    ports: [{ name: 'http', port, protocol: 'TCP' }],
  };
  await call(`${etcd}/v3/kv/put`, { key: keyOf(slice), value: toBase64(JSON.stringify(object)) });
}

export async function deleteLoopbackSlice(etcd: string, slice: LoopbackSlice): Promise<void> {
  await call(`${etcd}/v3/kv/deleterange`, { key: keyOf(slice) });
}

function sliceName({ service, port }: LoopbackSlice): string {
  return `${service}-${port}`;
}

function keyOf(slice: LoopbackSlice): string {
  return toBase64(`/registry/endpointslices/${slice.namespace}/${sliceName(slice)}`);
}

async function call(url: string, body: object): Promise<void> {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
}

function toBase64(text: string): string {
  return Buffer.from(text).toString('base64');
}
