import type { EndpointSliceBody } from '../api/resource.ts';
import type { Endpoint } from '../ir/cluster.ts';
import { resourceKey } from './core-kinds.ts';

/** A port of a Service, as its slices name it. */
export interface SlicePort {
  readonly namespace: string;
  /** Empty for one without a name. */
  readonly portName: string;
}

/** An endpoint, and the `resourceKey` of the pod that it is of. */
export interface SliceEndpoint {
  readonly endpoint: Endpoint;
  readonly pod: string | undefined;
}

/** Those that are ready. One may be in two slices while Kubernetes moves it from one to the other. */
export function readyEndpoints(
  slices: readonly EndpointSliceBody[],
  port: SlicePort,
): readonly SliceEndpoint[] {
  const found = slices.flatMap((slice) => endpointsOf(slice, port));
  return [...new Map(found.map((one) => [keyOf(one), one])).values()];
}

function keyOf({ endpoint: { host, port } }: SliceEndpoint): string {
  return `${host} ${port}`;
}

function endpointsOf(
  slice: EndpointSliceBody,
  { namespace, portName }: SlicePort,
): readonly SliceEndpoint[] {
  const port = slice.ports?.find((one) => (one.name ?? '') === portName)?.port;
  if (port === undefined || slice.addressType === 'FQDN') return [];
  return (
    (slice.endpoints ?? [])
      // Kubernetes: an unknown state counts as ready.
      .filter(({ conditions }) => conditions?.ready !== false)
      .flatMap(({ addresses, targetRef }) => {
        const pod = podOf(targetRef, namespace);
        return addresses.slice(0, 1).map((host) => ({ endpoint: { host, port, weight: 1 }, pod }));
      })
  );
}

type TargetRef = NonNullable<EndpointSliceBody['endpoints']>[number]['targetRef'];

/** A pod of another namespace has nothing to do with the Service, whatever its slice says. */
function podOf(target: TargetRef, namespace: string): string | undefined {
  if (target?.kind !== 'Pod' || target.name === undefined) return undefined;
  if ((target.namespace ?? namespace) !== namespace) return undefined;
  return resourceKey({ namespace, name: target.name });
}
