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
  { metadata, spec }: Resource<'VirtualService'>,
  listeners: readonly ListenerPlan[],
): string {
  const wantsTls = spec.sslConfig !== undefined;
  return listeners
    .filter(({ listener, selects }) => listener.tls === wantsTls && selects(metadata))
    .map(({ listener }) => listener.name)
    .join('\n');
}
