import type { Metadata, Resource } from '../api/resource.ts';
import type { Listener } from '../ir/table.ts';

/** A listener while its virtual hosts are still being found. */
export interface ListenerPlan {
  readonly listener: Omit<Listener, 'virtualHosts'>;
  readonly selects: (metadata: Metadata) => boolean;
  readonly virtualHosts: string[];
}

/** Names of the listeners that serve a virtual service, one a line. */
export function listenersFor(
  resource: Resource<'VirtualService'>,
  listeners: readonly ListenerPlan[],
): string {
  return serving(resource, listeners)
    .map(({ name }) => name)
    .join('\n');
}

/** Whether one of them reads bodies first: where none does, no route has a bound for them. */
export function buffersFor(
  resource: Resource<'VirtualService'>,
  listeners: readonly ListenerPlan[],
): true | undefined {
  return serving(resource, listeners).some((one) => one.maxBodyBytes !== undefined) || undefined;
}

function serving(
  { metadata, spec }: Resource<'VirtualService'>,
  listeners: readonly ListenerPlan[],
): readonly ListenerPlan['listener'][] {
  const wantsTls = spec.sslConfig !== undefined;
  return listeners
    .filter(({ listener, selects }) => listener.tls === wantsTls && selects(metadata))
    .map(({ listener }) => listener);
}
