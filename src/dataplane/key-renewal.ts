import type { PreparedBackend } from '../llm/backend.ts';
import type { Call } from './call.ts';
import type { Upstream } from './upstream.ts';

/** So many times one request is sent with another key at most: keys may change again while it waits. */
const renewals = 3;

// These are about the key itself; any other answer says that it is good.
const refused = 401;
const forbidden = 403;

/** The keys that one request is sent with: those of its program, and where one was refused the one in force now. */
export class KeyRenewal {
  readonly #call: Call;
  readonly #renewed = new Map<string, PreparedBackend>();
  #count = 0;
  #stop: (() => void) | undefined;

  constructor(call: Call) {
    this.#call = call;
  }

  backendOf({ cluster, backend }: Upstream): PreparedBackend | undefined {
    return this.#renewed.get(cluster.name) ?? backend;
  }

  /** True: the key was refused and there may be another one; `again` is told soon whether there is. */
  answered(upstream: Upstream, status: number, again: (hasKey: boolean) => void): boolean {
    const { keys } = this.#call.context;
    const { name } = upstream.cluster;
    const backend = this.backendOf(upstream);
    if (backend?.key === undefined) return false;
    if (status !== refused) {
      if (status !== forbidden) keys.accepted(name, backend);
      return false;
    }
    if (this.#count >= renewals || !keys.mayRenew(name, backend)) return false;
    this.#count += 1;
    this.#stop = keys.renew(name, backend, (renewed) => {
      if (renewed !== undefined) this.#renewed.set(name, renewed);
      again(renewed !== undefined);
    });
    return true;
  }

  cancel(): void {
    this.#stop?.();
  }
}
