import type { Listener } from '../ir/table.ts';
import type { ListenerPlan } from './listener-plan.ts';

/**
 * The listeners that serve something, by name; as in Gloo a port without a virtual host stays closed. Which resource is older has
 * been decided, and changes nothing more, so that the table does not depend on it; but where clients name no server, the oldest
 * virtual host's certificate is for them.
 */
export function usedListeners(plans: readonly ListenerPlan[]): readonly Listener[] {
  return plans
    .filter(({ virtualHosts }) => virtualHosts.length > 0)
    .map(({ listener, virtualHosts }) => ({
      ...listener,
      virtualHosts: listener.tls ? virtualHosts : virtualHosts.toSorted(),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
